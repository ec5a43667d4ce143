namespace MMOrleans.Client.Reproduction;

/// <summary>One run of the table.</summary>
/// <param name="Row">The method.</param>
/// <param name="Column">The preset.</param>
/// <param name="Seed">The run's seed.</param>
internal sealed record Cell(string Row, string Column, long Seed)
{
    /// <summary>Name of its run.</summary>
    public string RunName => $"table1-{Column}-{Row}-s{Seed}";

    public override string ToString() => $"{Row} on {Column}, seed {Seed}";
}
