namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>What is exchanged: a round's contributions, or an evaluation's counts.</summary>
internal enum ExchangeKind
{
    Round,
    Evaluation,
}

/// <summary>One exchange with the segments.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Number">Round, or number of the evaluation, both from 0 without gaps.</param>
internal readonly record struct Exchange(ExchangeKind Kind, long Number);
