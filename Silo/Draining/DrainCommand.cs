using System.Net;
using MMOrleans.Silo.Configuration;

namespace MMOrleans.Silo.Draining;

/// <summary><c>mm-silo drain</c>: has the silo of this machine or pod hand its work over, and waits for it. What a pod runs before it is stopped.</summary>
internal static class DrainCommand
{
    /// <summary>What it is called by.</summary>
    public const string Word = "drain";

    // The silo gives up by itself after half of its shutdown timeout; this is for one that no longer answers.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <returns>0 when it holds no work any more; 4 when it was not reached or still holds work; 2 when settings make no sense.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        TextWriter output,
        TextWriter error
    )
    {
        List<Fault> problems = [];
        var reader = new SiloSettingsReader(
            SiloSources.Read(args, environment, problems).Configuration,
            problems
        );
        var (address, patience) = reader.ReadDrain();
        if (problems.Count > 0 || address is null)
            return FaultBlocks.Write(error, problems);

        using var http = new HttpClient { Timeout = patience + Slack };
        try
        {
            using var question = new HttpRequestMessage(
                HttpMethod.Post,
                new Uri($"http://{address}{DrainRequest.Path}")
            );
            question.Headers.Add(DrainRequest.Header, DrainRequest.Value);
            using var answer = await http.SendAsync(question);
            var words = (await answer.Content.ReadAsStringAsync()).Trim();
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                output.WriteLine(words);
                return 0;
            }

            problems.Add(
                new(
                    "MM3001",
                    $"the silo at {address} has not handed over: {words}",
                    "SIGTERM stops it all the same; the trainers that take its slots compute their current round again"
                )
            );
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            problems.Add(
                new(
                    "MM3001",
                    $"no silo answers at {address}: {fault.Message}",
                    "give the address and health port that the silo was started with"
                )
            );
        }

        return FaultBlocks.Write(error, problems);
    }
}
