using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.Json;
using MMOrleans.Grains.Tests.Simulation;

namespace MMOrleans.Bench.Mutation;

/// <summary>Plays schedules on one mutant, in a process of its own: a bug may loop for ever, or eat all memory.</summary>
internal static class MutantWorker
{
    public const string Verb = "mutant-worker";

    /// <summary>The last of so many seeds is played for its speed, too: that takes long, and most bugs are found out before.</summary>
    private const int SeedsAnEndurance = ScheduleKind.SeedsAnEndurance;

    /// <summary>Processor time of one schedule; the longest takes a hundredth of it.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly Lock Told = new();
    private static TimeSpan _since; // processor time when the schedule began
    private static (int Played, string? Kind, int Seed) _playing;

    /// <summary>Of the protocol itself, before each mutant.</summary>
    private const int ControlSchedules = 4;

    /// <summary>Said for a mutant before which the protocol itself does not hold: an earlier one has damaged what is shared in this process.</summary>
    public const string Spoilt = "spoilt";

    /// <param name="args">The verb, the assembly's path, how many schedules. The mutants' numbers come as lines, and each is answered with one.</param>
    public static void Run(string[] args)
    {
        var assembly = new AssemblyLoadContext("mutant").LoadFromAssemblyPath(args[1]);
        var schedules = int.Parse(args[2], CultureInfo.InvariantCulture);
        var type = assembly.GetType(typeof(MutantPlay).FullName!)!;
        var kinds = Bind<Func<string[]>>(type, nameof(MutantPlay.Kinds))();
        var play = Bind<Func<string, int, string?>>(type, nameof(MutantPlay.Play));
        var endure = Bind<Func<string, int, string?>>(type, nameof(MutantPlay.Endure));
        var activate = Bind<Action<int>>(type, nameof(MutantPlay.Activate));
        using var watch = new Timer(_ => Watch(), null, Look, Look);
        while (Console.ReadLine() is { } line)
        {
            var mutant = int.Parse(line, CultureInfo.InvariantCulture);
            activate(0);
            if (mutant > 0 && Play(kinds, play, endure, ControlSchedules).By is not null)
            {
                Console.WriteLine(Spoilt);
                return;
            }

            activate(mutant);
            Tell(Play(kinds, play, endure, schedules));
        }
    }

    private static Outcome Play(
        string[] kinds,
        Func<string, int, string?> play,
        Func<string, int, string?> endure,
        int schedules
    )
    {
        var played = 0;
        for (var seed = 0; ; seed++)
        {
            foreach (var kind in kinds)
                if (played == schedules)
                    return new(null, played);
                else if (Play(play, kind, seed, ++played) is { } found)
                    return found;
            if (seed % SeedsAnEndurance < SeedsAnEndurance - 1)
                continue;
            foreach (var kind in kinds)
                if (played == schedules)
                    return new(null, played);
                else if (Play(endure, kind, seed, ++played) is { } found)
                    return found with { Kind = $"{kind}, long" };
        }
    }

    private static Outcome? Play(Func<string, int, string?> play, string kind, int seed, int played)
    {
        lock (Told)
            (_since, _playing) = (ProcessorTime(), (played, kind, seed));
        try
        {
            return play(kind, seed) is { } violation
                ? new(KilledBy.Violation, played, kind, seed, violation)
                : null;
        }
#pragma warning disable CA1031 // Whatever a bug makes the protocol throw: it has been found out.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            var thrown = exception.GetBaseException();
            return new(
                thrown is OutOfMemoryException ? KilledBy.Crash : KilledBy.Exception,
                played,
                kind,
                seed,
                $"{thrown.GetType().Name}: {thrown.Message}"
            );
        }
    }

    private static void Watch()
    {
        (int Played, string? Kind, int Seed) playing;
        lock (Told)
        {
            if (_playing.Kind is null || ProcessorTime() - _since < MostTime)
                return;
            playing = _playing;
        }

        Tell(
            new(
                KilledBy.TimeOut,
                playing.Played,
                playing.Kind,
                playing.Seed,
                $"one schedule took more than {MostTime.TotalSeconds} s of processor time"
            )
        );
        Environment.Exit(0);
    }

    private static void Tell(Outcome outcome) => Console.WriteLine(JsonSerializer.Serialize(outcome));

    private static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;

    private static T Bind<T>(Type type, string method)
        where T : Delegate =>
        type.GetMethod(method, BindingFlags.Public | BindingFlags.Static)!.CreateDelegate<T>();
}
