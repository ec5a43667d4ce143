namespace MMOrleans.Grains.Telemetry;

/// <summary>Seconds of one trainer by stage, of a round, of an epoch, or the mean of some rounds; a stage that was not entered is 0.</summary>
/// <param name="Data">Waiting for images.</param>
/// <param name="Forward">Forward passes; of a device that does not tell the passes apart, both.</param>
/// <param name="Backward">Backward passes, and the sum over slots.</param>
/// <param name="Exchange">Sending and receiving, without <paramref name="Wait"/>.</param>
/// <param name="Wait">Waiting for the slots of others.</param>
/// <param name="Apply">Optimiser step and state hash.</param>
/// <param name="Evaluate">The evaluation, from its first image until all slices were counted; of epochs only.</param>
internal readonly record struct StageSeconds(
    double Data = 0,
    double Forward = 0,
    double Backward = 0,
    double Exchange = 0,
    double Wait = 0,
    double Apply = 0,
    double Evaluate = 0
)
{
    /// <summary>Time of its own, without waiting for anybody: what makes a trainer the slowest.</summary>
    public double Own => Data + Forward + Backward;

    /// <summary>Of a round, in all.</summary>
    public double Total => Own + Exchange + Wait + Apply;

    /// <summary>The stages of a round in their order, by the names that metrics and spans use.</summary>
    public IEnumerable<(string Stage, double Seconds)> Entered()
    {
        (string, double)[] all =
        [
            ("data", Data),
            ("forward", Forward),
            ("backward", Backward),
            ("exchange", Exchange),
            ("wait", Wait),
            ("apply", Apply),
        ];
        return all.Where(stage => stage.Item2 > 0);
    }

    public static StageSeconds operator +(StageSeconds a, StageSeconds b) =>
        new(
            a.Data + b.Data,
            a.Forward + b.Forward,
            a.Backward + b.Backward,
            a.Exchange + b.Exchange,
            a.Wait + b.Wait,
            a.Apply + b.Apply,
            a.Evaluate + b.Evaluate
        );

    public static StageSeconds operator /(StageSeconds sum, double n) =>
        new(
            sum.Data / n,
            sum.Forward / n,
            sum.Backward / n,
            sum.Exchange / n,
            sum.Wait / n,
            sum.Apply / n,
            sum.Evaluate / n
        );
}
