using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Api.Access;

/// <summary>The tokens that are let in, of which only hashes are kept.</summary>
public sealed class AccessTokens
{
    private const int Shortest = 16;

    private readonly IReadOnlyList<(byte[] Hash, Role Role)> _tokens;

    private AccessTokens(IReadOnlyList<(byte[] Hash, Role Role)> tokens) => _tokens = tokens;

    /// <summary>No token: only the machine itself is let in.</summary>
    public static AccessTokens None { get; } = new([]);

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => _tokens.Count == 0;

    /// <summary>Reads lines of a role and a token, <c>operator abc…</c>; empty ones and those that begin with <c>#</c> are passed over.</summary>
    /// <exception cref="FaultException">MM1004: a line is none, or its token is short, or there is none. No token is in the message.</exception>
    public static AccessTokens Parse(string text, string file)
    {
        var tokens = new List<(byte[], Role)>();
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (
                line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is not [var word, var token]
                || Named(word) is not { } role
            )
                throw Refused($"{file}:{number} is not a line of a role and a token");
            if (token.Length < Shortest)
                throw Refused(
                    $"{file}:{number} has a token of {token.Length} characters, {Shortest} are the least"
                );
            tokens.Add((Hash(token), role));
        }

        return tokens.Count > 0 ? new(tokens) : throw Refused($"{file} holds no token");
    }

    /// <summary>What a token lets do; null when it is none of these. Takes the same time for every one.</summary>
    internal Role? RoleOf(string token) => Find(token)?.Role;

    /// <summary>What is signed with for who holds a token: its hash, which nobody else has. Null when it is none of these.</summary>
    internal byte[]? KeyOf(string token) => Find(token)?.Hash;

    /// <summary>All of them.</summary>
    internal IEnumerable<byte[]> Keys => _tokens.Select(token => token.Hash);

    private (byte[] Hash, Role Role)? Find(string token)
    {
        var hash = Hash(token);
        (byte[], Role)? found = null;
        foreach (var known in _tokens)
            if (CryptographicOperations.FixedTimeEquals(known.Hash, hash))
                found = known;
        return found;
    }

    /// <summary>A token's name without its secret: its hash, in hexadecimal; null when it is none of these.</summary>
    internal string? NameOf(string token) =>
        RoleOf(token) is null ? null : Convert.ToHexStringLower(Hash(token));

    private static Role? Named(string word) =>
        word switch
        {
            "viewer" => Role.Viewer,
            "operator" => Role.Operator,
            _ => null,
        };

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static FaultException Refused(string message) =>
        new(
            "MM1004",
            message,
            "write a line for each, such as 'operator ' and 32 random letters: openssl rand -hex 16"
        );
}
