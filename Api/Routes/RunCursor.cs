using System.Globalization;
using MMOrleans.Runs.Folders;

namespace MMOrleans.Api.Routes;

/// <summary>Where a list of runs, newest first, goes on: runs that come meanwhile lie before it and shift nothing.</summary>
internal sealed record RunCursor(DateTimeOffset Created, string Id)
{
    public static RunCursor After(RunRecord record) => new(record.Created, record.Id);

    /// <exception cref="FaultException">MM1004: it is none.</exception>
    public static RunCursor Read(string text) =>
        text.Split('.') is [var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var created)
        && created <= DateTimeOffset.MaxValue.UtcTicks
        && RunId.IsId(id)
            ? new(new(created, TimeSpan.Zero), id)
            : throw new FaultException(
                "MM1004",
                $"'{text}' is not a cursor of a list",
                "give back next_cursor as it came, or none to begin again"
            );

    /// <summary>Whether a run comes after it in the list.</summary>
    public bool IsBefore(RunRecord record) => (record.Created, record.Id).CompareTo((Created, Id)) < 0;

    public override string ToString() => $"{Created.UtcTicks}.{Id}";
}
