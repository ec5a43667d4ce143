using MMOrleans.Runs.Diagnosis;

namespace MMOrleans.Client.Output;

/// <summary>A diagnosis on a page: findings with their evidence while they fit, then a sentence each.</summary>
internal static class DiagnosisText
{
    private const int LabelWidth = 13;
    private const int Fits = 13; // lines, so that with the first and the last they are 15; what is left out is in the JSON

    public static IEnumerable<Line> Lines(RunDiagnosis diagnosis)
    {
        var findings = diagnosis.Findings;
        yield return new Line().Add(diagnosis.Summary, "bold");
        var left = Fits;
        for (var i = 0; i < findings.Count; i++)
        {
            // The others need a line each at least.
            var others = findings.Count - i - 1;
            var whole = i == 0 || Length(findings[i]) + others <= left;
            foreach (var line in Of(findings[i], whole))
            {
                left--;
                yield return line;
            }
        }

        if (diagnosis.Goodput is { } goodput)
        {
            yield return GoodputText.After(Labelled("goodput"), goodput);
        }
    }

    private static IEnumerable<Line> Of(Finding finding, bool isWhole)
    {
        yield return new Line().Add(finding.Sentence, finding.Code is null ? "yellow" : "bold red");
        if (!isWhole)
        {
            yield break;
        }

        foreach (var (label, text) in finding.Evidence)
        {
            yield return Labelled(label).Add(text);
        }

        if (finding.Next is { } next)
        {
            yield return Labelled("try").Add(next, "bold");
        }
    }

    private static int Length(Finding finding) => 1 + finding.Evidence.Count + (finding.Next is null ? 0 : 1);

    private static Line Labelled(string label) =>
        new Line().Add("  ").Add(label, "grey").To(LabelWidth + 2, 1);
}
