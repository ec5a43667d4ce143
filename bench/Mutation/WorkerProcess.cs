using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace MMOrleans.Bench.Mutation;

/// <summary>A process that plays mutants one after another; another one takes its place when a mutant has spoilt or ended it.</summary>
/// <param name="assembly">Path of the assembly with the mutants.</param>
/// <param name="schedules">How many each is played at most.</param>
internal sealed class WorkerProcess(string assembly, int schedules) : IDisposable
{
    private const string MostMemory = "0x60000000"; // 1.5 GiB; a schedule needs some MiB

    /// <summary>A schedule that waits for ever computes nothing, and is not noticed by the process itself.</summary>
    private static readonly TimeSpan MostTimeASchedule = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(5);

    private Process? _process;

    /// <summary>Plays one mutant; 0 is the protocol itself.</summary>
    public async Task<Outcome> PlayAsync(int mutant)
    {
        while (true)
        {
            _process ??= Start();
            await _process.StandardInput.WriteLineAsync(mutant.ToString(CultureInfo.InvariantCulture));
            await _process.StandardInput.FlushAsync();
            using var limit = new CancellationTokenSource(MostTime + (schedules * MostTimeASchedule));
            string? said;
            try
            {
                said = await _process.StandardOutput.ReadLineAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Dispose();
                return new(KilledBy.TimeOut, schedules, What: "a schedule never came to an end");
            }

            if (said == MutantWorker.Spoilt)
            {
                Dispose();
                continue;
            }

            if (said is null)
            {
                Dispose();
                return new(KilledBy.Crash, 0, What: "its process ended");
            }

            var outcome = JsonSerializer.Deserialize<Outcome>(said)!;
            if (outcome.By is KilledBy.TimeOut)
                Dispose();
            return outcome;
        }
    }

    public void Dispose()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private Process Start()
    {
        // Not this process's own program: that is dotnet where it was given an assembly.
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerProcess).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = MostMemory;
        start.ArgumentList.Add(MutantWorker.Verb);
        start.ArgumentList.Add(assembly);
        start.ArgumentList.Add(schedules.ToString(CultureInfo.InvariantCulture));
        return Process.Start(start) ?? throw new InvalidOperationException("A worker does not start.");
    }
}
