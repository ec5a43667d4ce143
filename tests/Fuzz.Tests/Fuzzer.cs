using System.Globalization;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Gives a parser thousands of damaged inputs and says what came of them.</summary>
/// <remarks>
/// The claim is always the same: an input is read, or refused in the way that the parser promises; it never fails otherwise, never hangs and
/// never takes more memory than is named. <c>MM_FUZZ_INPUTS</c> says how many inputs every parser gets, <c>MM_FUZZ_SEED</c> begins another
/// series.
/// </remarks>
internal sealed class Fuzzer(ITestOutputHelper output)
{
    private const int ShownAtMost = 5;

    // Hours for a machine; no parser of some kilobytes needs it, however many processes share the cores.
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    /// <summary>Plays.</summary>
    /// <param name="parser">Its name.</param>
    /// <param name="corpus">Sound inputs; each is read without a refusal first, or the rest would show nothing.</param>
    /// <param name="usual">Inputs when nothing else is asked for.</param>
    /// <param name="parse">Reads an input to its end.</param>
    /// <param name="isRefusal">Whether an exception is how this parser refuses.</param>
    /// <param name="mostBytes">Allocated for one input at most.</param>
    /// <param name="refuses">Whether it refuses at all; a log passes over what is not a line of it.</param>
    public void Run(
        string parser,
        IReadOnlyList<byte[]> corpus,
        int usual,
        Action<byte[]> parse,
        Func<Exception, bool> isRefusal,
        long mostBytes = 64 << 20,
        bool refuses = true
    )
    {
        foreach (var sound in corpus)
            parse(sound);
        var inputs = Number("MM_FUZZ_INPUTS", usual);
        var seed = Number("MM_FUZZ_SEED", 1);
        var mutation = new Mutation(new Random(seed), corpus);
        var (read, refused, most) = (0, 0, 0L);
        var (at, input) = (-1, Array.Empty<byte>());
        var failures = new Dictionary<string, string>();
        // Only a thread of its own can be given up.
        var worker = new Thread(() =>
        {
            for (var i = 0; i < inputs; i++)
            {
                input = mutation.Next();
                Volatile.Write(ref at, i);
                Try(input, i);
            }
        })
        {
            IsBackground = true,
        };
        worker.Start();
        for (var seen = -2; !worker.Join(Hang); seen = Volatile.Read(ref at))
            if (seen == Volatile.Read(ref at))
                Assert.Fail($"{parser}, seed {seed}, input {at} hangs: {Convert.ToBase64String(input)}");

        void Try(byte[] bytes, int i)
        {
            var (own, all) = (GC.GetAllocatedBytesForCurrentThread(), GC.GetTotalAllocatedBytes());
            Exception? thrown = null;
            try
            {
                parse(bytes);
            }
#pragma warning disable CA1031 // Whatever it is: it is judged below.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                thrown = exception;
            }

            // The thread's count is exact; the process's knows of other threads, and of large pieces at once.
            var taken = Math.Max(
                GC.GetAllocatedBytesForCurrentThread() - own,
                GC.GetTotalAllocatedBytes() - all
            );
            most = Math.Max(most, taken);
            if (thrown is null)
                read++;
            else if (isRefusal(thrown))
                refused++;
            else
                failures.TryAdd(
                    $"{thrown.GetType().Name} in {Place(thrown)}",
                    $"input {i}: {thrown.Message}\n{Convert.ToBase64String(bytes)}\n{thrown.StackTrace}"
                );
            if (taken > mostBytes)
                failures.TryAdd(
                    "memory",
                    $"input {i} of {bytes.Length} bytes took {taken:N0} bytes, more than {mostBytes:N0}\n{Convert.ToBase64String(bytes)}"
                );
        }

        var line =
            $"{parser}: {inputs} inputs of seed {seed}: {read} read, {refused} refused, {failures.Count} kinds of failure, {most / 1e6:F1} MB at most";
        output.WriteLine(line);
        Assert.True(
            failures.Count == 0,
            line + "\n" + string.Join('\n', failures.Take(ShownAtMost).Select(f => $"{f.Key}: {f.Value}"))
        );
        // A series in which nothing is refused has not tried the parser.
        Assert.True(refused > 0 || !refuses, line);
    }

    private static string Place(Exception exception) =>
        exception
            .StackTrace?.Split('\n')
            .Select(line => line.Trim())
            .FirstOrDefault(line => line.Contains("MMOrleans", StringComparison.Ordinal))
            ?.Split(" in ")[0]
        ?? "?";

    private static int Number(string variable, int usual) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(variable),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : usual;
}
