using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Api.Access;

/// <summary>The tokens that are let in, of which only hashes are kept; follows its file when that is replaced.</summary>
/// <remarks>
/// The file is read again with a request, once a second at most, and compared by its text: Kubernetes swaps a directory behind a link, and
/// neither times nor watchers see that on every file system. While a new file cannot be used, the tokens of before stay in force. Safe to use
/// from several threads.
/// </remarks>
public sealed class AccessTokens
{
    private const int Shortest = 16;
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly (string Path, TimeProvider Clock)? _file;
    private IReadOnlyList<(byte[] Hash, Role Role)> _tokens;
    private string _text = "";
    private string? _refused; // what could not be used: told once
    private long _readAt;

    private AccessTokens(IReadOnlyList<(byte[] Hash, Role Role)> tokens) => _tokens = tokens;

    private AccessTokens(string path, TimeProvider clock)
    {
        _file = (path, clock);
        _readAt = clock.GetTimestamp();
        _text = File.ReadAllText(path);
        _tokens = Read(_text, path);
    }

    /// <summary>Is told when other tokens are in force (null), or why a replaced file is not used.</summary>
    public event Action<FaultException?>? Changed;

    /// <summary>No token: only the machine itself is let in.</summary>
    public static AccessTokens None { get; } = new([]);

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => Now().Count == 0;

    /// <summary>Reads lines of a role and a token, <c>operator abc…</c>; empty ones and those that begin with <c>#</c> are passed over.</summary>
    /// <exception cref="FaultException">MM1004: a line is none, or its token is short, or there is none. No token is in the message.</exception>
    public static AccessTokens Parse(string text, string file) => new(Read(text, file));

    /// <summary>The tokens of a file, whatever it holds by then.</summary>
    /// <param name="file">As <see cref="Parse"/> wants it.</param>
    /// <param name="clock">Says when to look at it again.</param>
    /// <exception cref="FaultException">As <see cref="Parse"/>.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static AccessTokens Follow(string file, TimeProvider clock) => new(file, clock);

    private static List<(byte[] Hash, Role Role)> Read(string text, string file)
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

        return tokens.Count > 0 ? tokens : throw Refused($"{file} holds no token");
    }

    private IReadOnlyList<(byte[] Hash, Role Role)> Now()
    {
        if (_file is not var (path, clock))
            return _tokens;
        FaultException? fault = null;
        lock (_gate)
        {
            if (clock.GetElapsedTime(_readAt) < Age)
                return _tokens;
            _readAt = clock.GetTimestamp();
            var text = "";
            try
            {
                text = File.ReadAllText(path);
                if (text == _text)
                {
                    _refused = null;
                    return _tokens;
                }

                if (text == _refused)
                    return _tokens;
                (_tokens, _text, _refused) = (Read(text, path), text, null);
            }
            catch (Exception unusable)
                when (unusable is FaultException or IOException or UnauthorizedAccessException)
            {
                if (_refused == text)
                    return _tokens;
                _refused = text;
                fault =
                    unusable as FaultException
                    ?? new("MM1004", $"{path} cannot be read: {unusable.Message}", "give a readable file");
            }
        }

        Changed?.Invoke(fault);
        return _tokens;
    }

    /// <summary>What a token lets do; null when it is none of these. Takes the same time for every one.</summary>
    internal Role? RoleOf(string token) => Find(token)?.Role;

    /// <summary>What is signed with for who holds a token: its hash, which nobody else has. Null when it is none of these.</summary>
    internal byte[]? KeyOf(string token) => Find(token)?.Hash;

    /// <summary>All of them.</summary>
    internal IEnumerable<byte[]> Keys => Now().Select(token => token.Hash);

    private (byte[] Hash, Role Role)? Find(string token)
    {
        var hash = Hash(token);
        (byte[], Role)? found = null;
        foreach (var known in Now())
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
