using System.Text.RegularExpressions;

namespace MMOrleans.Runs.ObjectStores;

/// <summary>A place in an object store: <c>s3://bucket/prefix</c>.</summary>
/// <param name="Bucket">3 to 63 of lower-case letters, digits, '-' and '.'.</param>
/// <param name="Prefix">Without a slash at its ends; empty for the whole bucket.</param>
public sealed partial record ObjectStoreAddress(string Bucket, string Prefix)
{
    private const string Scheme = "s3://";
    private const int LongestPrefix = 512; // of the 1024 bytes of a key; the rest is the run's and the checkpoint's

    /// <summary>Reads an address.</summary>
    /// <param name="key">The key or option that holds it, for the refusal.</param>
    /// <param name="text">What was given.</param>
    /// <exception cref="FaultException">MM1004: it is none.</exception>
    public static ObjectStoreAddress Parse(string key, string text)
    {
        if (text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            var parts = text[Scheme.Length..].TrimEnd('/').Split('/');
            if (
                BucketName().IsMatch(parts[0])
                && parts.Skip(1).All(part => PrefixPart().IsMatch(part) && part is not ("." or ".."))
                && text.Length <= LongestPrefix
            )
                return new(parts[0], string.Join('/', parts.Skip(1)));
        }

        throw new FaultException(
            "MM1004",
            $"{key} must be s3://BUCKET/PREFIX with a bucket of 3 to 63 lower-case letters, digits, '-' and '.', "
                + $"and a prefix of letters, digits, '-', '_', '.' and '/', got '{(text.Length > 80 ? text[..80] + "…" : text)}'",
            "s3://my-bucket/runs"
        );
    }

    /// <summary>Whether another place is this one or lies below it.</summary>
    public bool Holds(ObjectStoreAddress other) =>
        other.Bucket == Bucket
        && (
            Prefix.Length == 0
            || other.Prefix == Prefix
            || other.Prefix.StartsWith(Prefix + "/", StringComparison.Ordinal)
        );

    /// <summary>The key of something at this place.</summary>
    public string KeyOf(string name) => Prefix.Length == 0 ? name : $"{Prefix}/{name}";

    /// <inheritdoc/>
    public override string ToString() => Prefix.Length == 0 ? Scheme + Bucket : $"{Scheme}{Bucket}/{Prefix}";

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]+\z")]
    private static partial Regex PrefixPart();
}
