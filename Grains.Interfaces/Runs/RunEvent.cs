namespace MMOrleans.Grains.Interfaces.Runs;

/// <summary>One line of a run's timeline.</summary>
/// <param name="Time">UTC.</param>
/// <param name="Kind">
/// <c>started</c>, <c>resumed</c>, <c>phase</c>, <c>epoch</c>, <c>checkpoint</c>, <c>membership</c>, <c>warning</c>, <c>error</c>,
/// <c>stopped</c> or <c>finished</c>.
/// </param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Epoch">Completed epochs at that time.</param>
/// <param name="Round">Completed rounds at that time.</param>
[GenerateSerializer, Immutable, Alias("mm.RunEvent")]
public sealed record RunEvent(
    [property: Id(0)] DateTimeOffset Time,
    [property: Id(1)] string Kind,
    [property: Id(2)] string Message,
    [property: Id(3)] int Epoch,
    [property: Id(4)] long Round
);
