using System.Globalization;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Bench.Soak;

/// <summary>The runs of a soak, all different: seed, learning rate, images and what becomes of them.</summary>
internal static class SoakPlan
{
    private const int CifarRuns = 10;

    /// <summary>Longer than anybody waits, for a run that somebody stops.</summary>
    private const int Endless = 10_000;

    private static readonly TimeSpan Queue = TimeSpan.FromMinutes(10);

    // Of ten: one that is refused and one that fails come in the middle, where others wait in the queue.
    private static readonly SoakCourse[] Courses =
    [
        SoakCourse.Finishes,
        SoakCourse.Stopped,
        SoakCourse.Finishes,
        SoakCourse.Refused,
        SoakCourse.Diverges,
        SoakCourse.Finishes,
        SoakCourse.Resumed,
        SoakCourse.StoppedAtOnce,
        SoakCourse.Finishes,
        SoakCourse.Finishes,
    ];

    /// <summary>Small ones on generated images.</summary>
    /// <param name="runs">How many.</param>
    /// <param name="silos">Silos; every fifth run takes a trainer of each.</param>
    public static IReadOnlyList<SoakRun> Small(int runs, int silos) =>
        [.. Enumerable.Range(1, runs).Select(number => One(number, number % 5 == 0 ? silos : 1))];

    /// <summary>Ten on CIFAR-10: a few rounds, an evaluation.</summary>
    public static IReadOnlyList<SoakRun> Cifar(string data) =>
        [
            .. Enumerable
                .Range(1, CifarRuns)
                .Select(number => new SoakRun(
                    number,
                    SoakCourse.Finishes,
                    Specification("cifar10", number, perClass: 500, epochs: 1),
                    Settings(number, trainers: 1) with
                    {
                        DataPath = Path.GetFullPath(data),
                        RoundLimit = 5,
                    }
                )),
        ];

    private static SoakRun One(int number, int trainers)
    {
        var course = Courses[(number - 1) % Courses.Length];
        var isEndless = course is SoakCourse.Stopped or SoakCourse.StoppedAtOnce;
        var specification = Specification(
            course == SoakCourse.Refused ? "cifar10" : "synthetic",
            number,
            perClass: 20 + (number % 7),
                // A resumed one has to be seen before its end.
                isEndless ? Endless
                : course == SoakCourse.Resumed ? 40
                : 2
        );
        if (course == SoakCourse.Diverges)
            specification = specification with
            {
                Optimiser = specification.Optimiser with { LearningRate = 1e30 },
            };
        return new(number, course, specification, Settings(number, trainers));
    }

    private static RunSpecification Specification(string dataset, int number, int perClass, int epochs)
    {
        var one = BenchSpecification.Of(dataset, "resnet8", slots: 4, batch: 40, perClass, epochs);
        return one with
        {
            Seed = number,
            EvaluateEvery = 1 + (number % 2),
            Optimiser = one.Optimiser with { LearningRate = 0.01 * (1 + (number % 10)) },
        };
    }

    private static RunSettings Settings(int number, int trainers) =>
        new()
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"soak-{number}"),
            MinTrainers = trainers,
            MaxTrainers = trainers,
            Wait = Queue,
        };
}
