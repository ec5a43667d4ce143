using System.Text;

namespace MMOrleans.Silo.Configuration;

/// <summary>Reads a silo's Redis settings, and the file that holds the password.</summary>
internal static class RedisSource
{
    private const string FileKey = "Clustering:RedisPasswordFile (--redis-password-file)";

    /// <param name="text">What was said under a key; null for nothing.</param>
    /// <returns>Null where there is no address.</returns>
    /// <exception cref="FaultException">It cannot be understood, or the file not be read.</exception>
    public static RedisSettings? Read(Func<string, string?> text)
    {
        var user = text("Clustering:RedisUser");
        var file = text("Clustering:RedisPasswordFile");
        if (text("Clustering:Redis") is { } address)
            return RedisSettings.Parse(address, user, file is null ? null : Password(file), file);
        if ((user ?? file) is not null)
            throw new FaultException(
                "MM1005",
                $"{(file is null ? "Clustering:RedisUser (--redis-user)" : FileKey)} is given, and no address of Redis",
                "--redis redis:6379"
            );
        return null;
    }

    /// <summary>The content without the end of its line: blanks belong to a password, which is why nothing else is taken off.</summary>
    internal static string Password(string file)
    {
        string content;
        try
        {
            content = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM1004",
                $"{FileKey} {file} cannot be read: {fault.Message}",
                "give a file that this user can read"
            );
        }
        catch (DecoderFallbackException)
        {
            throw new FaultException(
                "MM1004",
                $"{FileKey} {file} is not text in UTF-8, which Redis would be sent",
                $"iconv -f ISO-8859-1 -t UTF-8 {file} > NEW, or whatever it was written in"
            );
        }

        var password = content.TrimStart('\uFEFF').TrimEnd('\r', '\n');
        if (string.IsNullOrWhiteSpace(password))
            throw new FaultException(
                "MM1004",
                $"{FileKey} {file} holds no password",
                "write the password into it, or leave the flag out where Redis has none"
            );
        var lines = password.Split('\n').Length;
        return lines == 1
            ? password
            : throw new FaultException(
                "MM1004",
                $"{FileKey} {file} has {lines} lines: which of them is the password cannot be told",
                "leave the password in it alone"
            );
    }
}
