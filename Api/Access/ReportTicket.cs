using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MMOrleans.Api.Access;

/// <summary>Lets a browser open one run's report, to which it sends no header: a cookie for that report and a short time.</summary>
/// <remarks>
/// It is signed with the hash of the caller's token, so that every silo with the same file of tokens takes it, none remembers
/// it, and with the token it ends. It lets nobody change anything, and no token stands in an address.
/// </remarks>
internal static class ReportTicket
{
    /// <summary>Name of the cookie.</summary>
    public const string Cookie = "mm-report";

    /// <summary>How long it opens the report.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    /// <summary>For who holds a token; null when it is none of these.</summary>
    /// <param name="token">Whose it is.</param>
    /// <param name="tokens">Those that are let in.</param>
    /// <param name="run">Id of the run.</param>
    /// <param name="now">The time.</param>
    public static string? Issue(string token, AccessTokens tokens, string run, DateTimeOffset now)
    {
        var end = (now + Life).ToUnixTimeSeconds();
        return tokens.KeyOf(token) is { } key
            ? $"{end}.{Convert.ToHexStringLower(Sign(key, run, end))}"
            : null;
    }

    /// <summary>Whether a ticket opens a run's report at this time.</summary>
    public static bool Opens(string ticket, AccessTokens tokens, string run, DateTimeOffset now)
    {
        if (
            ticket.Split('.') is not [var seconds, { Length: 2 * HMACSHA256.HashSizeInBytes } signature]
            || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            || end < now.ToUnixTimeSeconds()
            || !signature.All(char.IsAsciiHexDigit)
        )
            return false;
        var given = Convert.FromHexString(signature);
        return tokens.Keys.Any(key => CryptographicOperations.FixedTimeEquals(Sign(key, run, end), given));
    }

    private static byte[] Sign(byte[] key, string run, long end) =>
        HMACSHA256.HashData(
            key,
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"report {run} {end}"))
        );
}
