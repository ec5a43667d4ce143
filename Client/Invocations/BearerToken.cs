using MMOrleans.Configuration.Sources;

namespace MMOrleans.Client.Invocations;

/// <summary>What <c>mm</c> shows to a cluster that asks who it is. Never printed.</summary>
internal sealed class BearerToken
{
    private const string Variable = "MM_TOKEN";

    private BearerToken(string value) => Value = value;

    /// <summary>The token itself, for a request's header and nothing else.</summary>
    public string Value { get; }

    private const int LongestFile = 1 << 16;

    /// <summary>From the file that was named, or else from the environment; null where neither has one.</summary>
    /// <exception cref="FaultException">MM1006: the file cannot be read. MM1004: it holds no token, or more than one.</exception>
    public static BearerToken? Read(string? file, EnvironmentSnapshot environment)
    {
        if (file is null)
            return environment[Variable] is { } value ? new(Checked(value, Variable)) : null;
        try
        {
            return new(Checked(Beginning(file), file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new FaultException(
                "MM1006",
                $"--token-file {file} cannot be read: {fault.Message.TrimEnd('.')}",
                $"name a file that holds the token, or put it into {Variable}",
                fault
            );
        }
    }

    // A device may have no end; a token is short.
    private static string Beginning(string file)
    {
        using var text = File.OpenText(file);
        var buffer = new char[LongestFile];
        return new(buffer, 0, text.ReadBlock(buffer));
    }

    public override string ToString() => "a token";

    private static string Checked(string text, string where) =>
        text.Trim() is { Length: > 0 } token && !token.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? token
            : throw new FaultException(
                "MM1004",
                $"{where} holds no token: one word was expected",
                "the token alone, without its role; ask the cluster's operator for it"
            );
}
