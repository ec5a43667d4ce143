using System.Globalization;
using MMOrleans.Cluster.Tests.Support;

namespace MMOrleans.Cluster.Tests;

/// <summary>Invariant I1 across processes that die, freeze, come and go: one process' state, whatever happens.</summary>
/// <remarks>
/// A few faults each time; <c>MM_FAULTS=all</c> plays the whole table (an hour), <c>MM_FAULTS=KillRun,CutTwo MM_FAULT_TRAINERS=3 MM_FAULT_BEFORE=1</c>
/// a part (before the switch, in rounds);
/// <c>MM_FAULT_LOGS=1</c> prints what the silos said, <c>MM_FAULT_OPTIONS="--shared-memory false"</c> gives them flags.
/// </remarks>
public class FaultTests(ITestOutputHelper output)
{
    private const string Variable = "MM_FAULTS";
    private const string TrainersVariable = "MM_FAULT_TRAINERS";

    private static readonly PlayedFault[] Usual =
    [
        PlayedFault.KillCoordinator,
        PlayedFault.KillAll,
        PlayedFault.Drain,
        PlayedFault.Join,
        PlayedFault.ChangeTransport,
    ];

    private static IEnumerable<int> Trainers => Numbers(TrainersVariable, 1, 2, 3, 4);

    private static IEnumerable<int> BeforeSwitch => Numbers("MM_FAULT_BEFORE", 1, 40);

    public static TheoryData<PlayedFault, int, int> Table
    {
        get
        {
            var wanted = Environment.GetEnvironmentVariable(Variable) ?? "";
            var table = new TheoryData<PlayedFault, int, int>();
            if (wanted.Length == 0)
            {
                foreach (var fault in Usual)
                    table.Add(fault, 3, 1);
                return table;
            }

            foreach (
                var fault in Enum.GetValues<PlayedFault>()
                    .Where(f => wanted == "all" || wanted.Split(',').Contains($"{f}"))
            )
            foreach (var trainers in Trainers)
            foreach (var beforeSwitch in BeforeSwitch)
                table.Add(fault, trainers, beforeSwitch);
            return table;
        }
    }

    private static IEnumerable<int> Numbers(string variable, params int[] usual) =>
        Environment.GetEnvironmentVariable(variable) is { } wanted
            ? wanted.Split(',').Select(n => int.Parse(n, CultureInfo.InvariantCulture))
            : usual;

    [Theory]
    [MemberData(nameof(Table))]
    public async Task StateIsThatOfOneProcess(PlayedFault fault, int trainers, int beforeSwitch)
    {
        var expected = await SmallRun.HashOfOneProcessAsync(FaultyRun.Epochs);

        var (status, round, pause) = await FaultyRun.PlayAsync(
            trainers,
            fault,
            beforeSwitch,
            output.WriteLine
        );

        output.WriteLine(
            $"{fault} with {trainers} trainers in round {round}: next round after {pause.TotalSeconds:F1} s, state {status.StateSha256}"
        );
        Assert.Equal(expected, status.StateSha256);
    }
}
