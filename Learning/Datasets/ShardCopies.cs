using System.Security.Cryptography;

namespace MMOrleans.Learning.Datasets;

/// <summary>Refuses a shard that lies there twice: each of its images would count twice, and class counts decide margins and weights.</summary>
/// <remarks>Keys say nothing about that: many programs count them anew in each shard.</remarks>
internal static class ShardCopies
{
    private const int Beginning = 1 << 16;

    /// <param name="shards">Of one split.</param>
    /// <param name="cancellationToken">Ends it between two files.</param>
    /// <exception cref="FaultException">MM2004: two of them have the same contents.</exception>
    public static void Refuse(IReadOnlyList<string> shards, CancellationToken cancellationToken)
    {
        // Only files of one length and one beginning are read to their ends: others differ.
        foreach (var alike in shards.GroupBy(shard => new FileInfo(shard).Length).Where(HasTwo))
        foreach (var begun in alike.GroupBy(shard => Hash(shard, Beginning)).Where(HasTwo))
        foreach (var same in begun.GroupBy(shard => Hash(shard, long.MaxValue)).Where(HasTwo))
        {
            var (first, second) = (same.First(), same.ElementAt(1));
            throw new FaultException(
                "MM2004",
                $"{Path.GetFileName(second)} has the same contents as {Path.GetFileName(first)}, so that each of its images would count twice",
                $"remove one of them: {second}"
            );
        }

        string Hash(string shard, long most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var file = File.OpenRead(shard);
                if (most >= file.Length)
                    return Convert.ToHexStringLower(SHA256.HashData(file));
                var head = new byte[most];
                file.ReadExactly(head);
                return Convert.ToHexStringLower(SHA256.HashData(head));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return shard; // the reader says of it what is wrong; here it is like no other
            }
        }
    }

    private static bool HasTwo(IEnumerable<string> shards) => shards.Skip(1).Any();
}
