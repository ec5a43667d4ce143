using System.Reflection;
using MMOrleans.Grains.Interfaces.Wire;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Schedules;
using Orleans.Serialization.Configuration;

[assembly: TypeManifestProvider(typeof(RunsManifest))]

namespace MMOrleans.Grains.Interfaces.Wire;

/// <summary>Registers <see cref="RunsCodec{T}"/> for the records and enums of the project <c>Runs</c>, wherever this assembly is on the wire: silos, clients and tests need no line for it.</summary>
public sealed class RunsManifest : TypeManifestProviderBase
{
    /// <summary>The types it carries.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. typeof(RunRecord)
            .Assembly.GetExportedTypes()
            .Where(type => type.IsEnum || IsRecord(type))
            .Except([typeof(Phase)]), // rides on every contribution: a number, as Orleans writes it
    ];

    /// <inheritdoc/>
    protected override void ConfigureInner(TypeManifestOptions options)
    {
        foreach (var type in Types)
        {
            var codec = typeof(RunsCodec<>).MakeGenericType(type);
            options.AddSerializer(codec);
            options.AddCopier(codec);
        }
    }

    // Nothing else says that a class or struct is a record.
    private static bool IsRecord(Type type) =>
        !type.IsGenericTypeDefinition
        && type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic) is not null;
}
