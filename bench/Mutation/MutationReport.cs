namespace MMOrleans.Bench.Mutation;

/// <summary>Writes down how many bugs were found out, by what, and which were not.</summary>
internal static class MutationReport
{
    /// <summary>Share of all planted bugs that has to be found out.</summary>
    public const double Target = 0.95;

    /// <returns>Whether the target is met and every survivor has its verdict.</returns>
    public static async Task<bool> WriteAsync(
        IReadOnlyList<PlayedMutant> played,
        Verdicts verdicts,
        TextWriter output
    )
    {
        await WriteGroupsAsync("folder", played.GroupBy(p => p.Mutant.Folder), output);
        await WriteGroupsAsync("operator", played.GroupBy(p => p.Mutant.Edit.Operator), output);
        await output.WriteLineAsync("  found out by");
        foreach (var by in played.Where(p => p.IsKilled).GroupBy(p => p.Outcome.By).OrderBy(g => g.Key))
            await output.WriteLineAsync($"    {by.Key, -12} {by.Count(), 5}");
        foreach (
            var kind in played
                .Where(p => p.IsKilled)
                .GroupBy(p => p.Outcome.Kind)
                .OrderByDescending(g => g.Count())
        )
            await output.WriteLineAsync($"    in {kind.Key, -18} {kind.Count(), 5}");

        var survivors = played
            .Where(p => !p.IsKilled)
            .OrderBy(p => p.Mutant.File, StringComparer.Ordinal)
            .ThenBy(p => p.Mutant.Line)
            .ToList();
        await output.WriteLineAsync("  survivors");
        foreach (var of in survivors.GroupBy(p => verdicts.Of(p.Mutant)?.Verdict).OrderBy(g => g.Key))
        {
            await output.WriteLineAsync(
                $"   {of.Key?.ToString().ToLowerInvariant() ?? "NO VERDICT"}: {of.Count()}"
            );
            foreach (var survivor in of)
                await WriteAsync(survivor, verdicts.Of(survivor.Mutant)?.Why, output);
        }

        var equivalent = survivors.Count(s => verdicts.Of(s.Mutant)?.Verdict == Verdict.Equivalent);
        var killed = played.Count - survivors.Count;
        var raw = (double)killed / played.Count;
        var unjudged = survivors.Count(s => verdicts.Of(s.Mutant) is null);
        var met = raw >= Target && unjudged == 0;
        await output.WriteLineAsync(
            $"  score {Percent(killed, played.Count)}: {killed} of {played.Count} planted bugs found out; "
                + $"{Percent(killed, played.Count - equivalent)} without the {equivalent} judged equivalent; "
                + $"{unjudged} survivors without a verdict; target {100 * Target:F0} % of all planted: {(met ? "met" : "MISSED")}"
        );
        return met;
    }

    private static async Task WriteGroupsAsync(
        string by,
        IEnumerable<IGrouping<string, PlayedMutant>> groups,
        TextWriter output
    )
    {
        await output.WriteLineAsync($"  {by, -32} planted  killed   share  median schedules to kill");
        foreach (var group in groups.OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var schedules = group.Where(p => p.IsKilled).Select(p => p.Outcome.Schedules).Order().ToList();
            await output.WriteLineAsync(
                $"  {group.Key, -32} {group.Count(), 7} {schedules.Count, 7} {Percent(schedules.Count, group.Count()), 7}  {(schedules.Count > 0 ? schedules[schedules.Count / 2] : "–")}"
            );
        }
    }

    private static async Task WriteAsync(PlayedMutant survivor, string? why, TextWriter output)
    {
        var mutant = survivor.Mutant;
        await output.WriteLineAsync(
            $"    {mutant.File}:{mutant.Line} after {survivor.Outcome.Schedules} schedules"
        );
        await output.WriteLineAsync($"      {mutant.Key}");
        if (why is not null)
            await output.WriteLineAsync($"      {why}");
    }

    private static string Percent(int part, int whole) => whole == 0 ? "–" : $"{100.0 * part / whole:F1} %";
}
