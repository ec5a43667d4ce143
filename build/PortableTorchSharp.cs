using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace MMOrleans.Build;

/// <summary>Rewrites a copy of TorchSharp's Linux library so that it loads with the C++ runtime of Debian 12.</summary>
/// <remarks>
/// The library was built with GCC 13 and asks libstdc++ for GLIBCXX_3.4.32, for one symbol only: the start-up hook of newer
/// iostreams, <c>std::ios_base_library_init()</c>. It is referenced but never called (it makes the linker keep the streams alive), so
/// another symbol of every libstdc++ may stand in: <c>std::ios_base::Init::Init()</c>, whose name is shorter and fits in place.
/// Three changes: the symbol's name, its version index (an entry for GLIBCXX_3.4 that the file already has), and the weak flag on
/// the wanted version, so that its absence is not an error. Compiled inside MSBuild against .NET Standard 2.0: hence no spans.
/// </remarks>
public static class PortableElf
{
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldVersion = "GLIBCXX_3.4";
    private const ushort WeakFlag = 2;

    /// <summary>The patched bytes; the input is left alone.</summary>
    /// <exception cref="InvalidDataException">The file is not the library that the patch was made for; says what differs.</exception>
    public static byte[] Patch(byte[] original)
    {
        var file = (byte[])original.Clone();
        try
        {
            Rewrite(file);
        }
        catch (Exception e)
            when (e is ArgumentException || e is IndexOutOfRangeException || e is OverflowException)
        {
            throw new InvalidDataException("the file ends before its ELF tables do (" + e.Message + ")", e);
        }

        return file;
    }

    private static void Rewrite(byte[] file)
    {
        Demand(
            file.Length > 64 && file[0] == 0x7F && file[1] == 'E' && file[2] == 'L' && file[3] == 'F',
            "not an ELF file"
        );
        Demand(file[4] == 2 && file[5] == 1, "not a 64-bit little-endian ELF file");
        var segments = Segments(file);
        var tags = DynamicTags(file, segments);
        var strings = Offset(segments, Tag(tags, 5, "string table"));
        var symbols = Offset(segments, Tag(tags, 6, "symbol table"));
        var versions = Offset(segments, Tag(tags, 0x6FFFFFF0, "symbol versions"));
        var needs = Offset(segments, Tag(tags, 0x6FFFFFFE, "version requirements"));
        var needCount = (int)Tag(tags, 0x6FFFFFFF, "number of version requirements");

        // The symbol table's length is written nowhere in the dynamic section; linkers put the string table right behind it.
        Demand(
            strings > symbols && (strings - symbols) % 24 == 0,
            "the string table does not follow the symbol table"
        );
        var symbolCount = (strings - symbols) / 24;

        var wanted = FindVersion(file, needs, needCount, strings, NewVersion);
        var present = FindVersion(file, needs, needCount, strings, OldVersion);
        Demand(wanted != null, "it does not ask for " + NewVersion);
        Demand(present != null, "it has no entry for " + OldVersion);

        var users = new List<int>();
        for (var i = 0; i < symbolCount; i++)
            if ((U16(file, versions + 2 * i) & 0x7FFF) == wanted!.Value.Index)
                users.Add(i);
        Demand(users.Count == 1, users.Count + " symbols ask for " + NewVersion + ", one was expected");
        var symbol = symbols + 24 * users[0];
        var name = (int)U32(file, symbol);
        Demand(
            Text(file, strings + name) == NewSymbol,
            "the symbol is " + Text(file, strings + name) + ", not " + NewSymbol
        );
        Demand(U16(file, symbol + 6) == 0, NewSymbol + " is defined in the file itself");
        for (var i = 0; i < symbolCount; i++)
        {
            var other = (int)U32(file, symbols + 24 * i);
            // Linkers let a name that ends another one share its bytes.
            Demand(
                i == users[0] || other < name || other > name + NewSymbol.Length,
                "another symbol shares the name's bytes"
            );
        }

        var bytes = Encoding.ASCII.GetBytes(OldSymbol.PadRight(NewSymbol.Length, '\0'));
        Array.Copy(bytes, 0, file, strings + name, bytes.Length);
        SetU16(file, versions + 2 * users[0], present!.Value.Index);
        SetU16(file, wanted!.Value.Offset + 4, (ushort)(U16(file, wanted.Value.Offset + 4) | WeakFlag));
    }

    private static List<(long Address, long Size, long Offset)> Segments(byte[] file)
    {
        var table = checked((int)U64(file, 32));
        var size = U16(file, 54);
        var segments = new List<(long, long, long)>();
        for (var i = 0; i < U16(file, 56); i++)
            if (U32(file, table + i * size) == 1)
                segments.Add(
                    (
                        U64(file, table + i * size + 16),
                        U64(file, table + i * size + 32),
                        U64(file, table + i * size + 8)
                    )
                );
        return segments;
    }

    private static Dictionary<long, long> DynamicTags(byte[] file, List<(long, long, long)> segments)
    {
        var table = checked((int)U64(file, 32));
        var size = U16(file, 54);
        var tags = new Dictionary<long, long>();
        for (var i = 0; i < U16(file, 56); i++)
        {
            if (U32(file, table + i * size) != 2)
                continue;
            for (var at = Offset(segments, U64(file, table + i * size + 16)); U64(file, at) != 0; at += 16)
                tags[U64(file, at)] = U64(file, at + 8);
        }

        return tags;
    }

    private static (int Offset, ushort Index)? FindVersion(
        byte[] file,
        int needs,
        int count,
        int strings,
        string version
    )
    {
        for (var i = 0; i < count; i++)
        {
            var entry = needs + (int)U32(file, needs + 8);
            if (Text(file, strings + (int)U32(file, needs + 4)) == "libstdc++.so.6")
            {
                for (var j = 0; j < U16(file, needs + 2); j++)
                {
                    if (Text(file, strings + (int)U32(file, entry + 8)) == version)
                        return (entry, U16(file, entry + 6));
                    entry += (int)U32(file, entry + 12);
                }
            }

            needs += (int)U32(file, needs + 12);
        }

        return null;
    }

    private static int Offset(List<(long Address, long Size, long Offset)> segments, long address)
    {
        foreach (var segment in segments)
            if (address >= segment.Address && address < segment.Address + segment.Size)
                return checked((int)(address - segment.Address + segment.Offset));
        throw new InvalidDataException("address " + address + " lies in no segment");
    }

    private static long Tag(Dictionary<long, long> tags, long tag, string name)
    {
        Demand(tags.TryGetValue(tag, out var value), "it has no " + name);
        return value;
    }

    private static void Demand(bool condition, string otherwise)
    {
        if (!condition)
            throw new InvalidDataException(otherwise);
    }

    private static string Text(byte[] file, int at) =>
        Encoding.ASCII.GetString(file, at, Array.IndexOf(file, (byte)0, at) - at);

    private static ushort U16(byte[] file, int at) => BitConverter.ToUInt16(file, at);

    private static uint U32(byte[] file, int at) => BitConverter.ToUInt32(file, at);

    private static long U64(byte[] file, int at) => BitConverter.ToInt64(file, at);

    private static void SetU16(byte[] file, int at, ushort value) =>
        Array.Copy(BitConverter.GetBytes(value), 0, file, at, 2);
}

#if !WITHOUT_MSBUILD
/// <summary>Makes <see cref="Destination"/> a copy of <see cref="Source"/> that loads everywhere; never writes to the source.</summary>
public sealed class PortableTorchSharp : Microsoft.Build.Utilities.Task
{
    /// <summary>The package cache's file.</summary>
    [Microsoft.Build.Framework.Required]
    public string Source { get; set; } = "";

    /// <summary>Where the patched copy goes.</summary>
    [Microsoft.Build.Framework.Required]
    public string Destination { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            var patched = PortableElf.Patch(File.ReadAllBytes(Source));
            Directory.CreateDirectory(Path.GetDirectoryName(Destination)!);
            // A new file under a temporary name: the old one may be linked into an output folder, and loaded there.
            var temporary = Destination + ".new";
            File.WriteAllBytes(temporary, patched);
            File.Delete(Destination);
            File.Move(temporary, Destination);
            return true;
        }
        catch (Exception e)
            when (e is InvalidDataException || e is IOException || e is UnauthorizedAccessException)
        {
            Log.LogError(
                "TorchSharp's native library '{0}' could not be made portable: {1}. Without that it does not load on systems whose "
                    + "libstdc++ is older than GCC 13's. Restore the pinned TorchSharp version, or adapt build/PortableTorchSharp.cs to the new one.",
                Source,
                e.Message
            );
            return false;
        }
    }
}
#endif
