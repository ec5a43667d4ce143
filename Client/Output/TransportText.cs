using MMOrleans.Grains.Interfaces.Clusters;

namespace MMOrleans.Client.Output;

/// <summary>How vectors get from silo to silo, in few lines: silos of which the same is true share one, as those of one machine do.</summary>
internal static class TransportText
{
    private const string EachOther = "each other";

    /// <param name="silos">All members.</param>
    public static IEnumerable<Line> Lines(IReadOnlyList<SiloDescription> silos)
    {
        var rows = Rows(silos);
        var width = rows.Select(row => row.Who.Length).DefaultIfEmpty().Max() + 3;
        return rows.Select(
            (row, i) =>
            {
                var line = RunSummary.Labelled(i == 0 ? "transport" : "");
                var left = line.Width;
                return line.Add(row.Who, "cyan").To(left + width).Add(row.What);
            }
        );
    }

    private static List<(string Who, string What)> Rows(IReadOnlyList<SiloDescription> silos)
    {
        List<List<SiloDescription>> alike = [];
        foreach (var silo in silos)
            if (alike.Find(group => group.TrueForAll(one => IsAlike(one, silo))) is { } group)
                group.Add(silo);
            else
                alike.Add([silo]);
        return [.. alike.Select(group => (SiloNames.Of(group.Select(silo => silo.Name)), Words(group)))];
    }

    /// <summary>Whether each sends to the other by one transport, and to everybody else as the other does.</summary>
    private static bool IsAlike(SiloDescription one, SiloDescription other) =>
        one.Transports is null || other.Transports is null
            ? one.Transports is null && other.Transports is null
            : Joined(one, other).SetEquals(Joined(other, one));

    /// <summary>What a silo uses to whom, where it counts itself to the silos that it reaches as it reaches another one.</summary>
    private static HashSet<(string Silo, string Transport)> Joined(
        SiloDescription silo,
        SiloDescription with
    ) =>
        [
            .. silo.Transports!.Value.Select(use => (use.Silo, use.Transport)),
            .. silo
                .Transports.Value.Where(use => use.Silo == with.Name)
                .Select(use => (silo.Name, use.Transport)),
        ];

    private static string Words(List<SiloDescription> group)
    {
        if (group[0].Transports is not { } uses)
            return "not known: no answer, or an older version";
        if (uses.IsEmpty)
            return "needs none: it is alone";
        var names = group.Select(silo => silo.Name).ToHashSet();
        return string.Join(
            "; ",
            uses.GroupBy(use => use.Transport)
                .Select(to =>
                {
                    var others = to.Select(use => use.Silo).Where(name => !names.Contains(name)).ToList();
                    var whom = (others.Count < to.Count(), others.Count) switch
                    {
                        (true, 0) => EachOther,
                        (true, _) => $"{EachOther}, {SiloNames.Of(others)}",
                        _ => SiloNames.Of(others),
                    };
                    return $"{(to.Key.Length == 0 ? "not used yet" : to.Key)}: {whom}";
                })
        );
    }
}
