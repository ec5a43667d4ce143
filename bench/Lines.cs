using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace MMOrleans.Bench;

/// <summary>Says which lines of the pure machines a run of the schedules has executed, by a report in Cobertura's format.</summary>
internal static partial class Lines
{
    /// <summary>Share of the pure machines' lines that the schedules are to execute.</summary>
    private const double Least = 0.95;

    private static readonly string[] Folders =
    [
        "Grains/Coordination",
        "Grains/Segments",
        "Grains/Trainers/Protocol",
        "Grains/Runs/Life",
    ];

    /// <param name="report">The report.</param>
    /// <param name="output">Takes the table, and the lines that were not executed.</param>
    /// <returns>Whether enough were.</returns>
    public static async Task<bool> RunAsync(string report, TextWriter output)
    {
        var document = XDocument.Load(report);
        var root = document.Descendants("source").Select(source => source.Value).FirstOrDefault() ?? "";
        var files = document
            .Descendants("class")
            .GroupBy(type => Path.Combine(root, type.Attribute("filename")!.Value))
            .Where(file => Folders.Any(folder => IsIn(Path.GetDirectoryName(file.Key)!, folder))) // not what is generated
            .Select(file => new PlayedFile(file.Key, file.SelectMany(type => type.Descendants("line"))))
            .ToList();
        var all = (Executed: 0, Lines: 0);
        foreach (var folder in Folders)
        {
            var own = files
                .Where(file => IsIn(file.Folder, folder))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .ToList();
            var pure = own.Where(file => !file.IsApart).ToList();
            var (executed, lines) = (pure.Sum(file => file.Executed), pure.Sum(file => file.Lines));
            all = (all.Executed + executed, all.Lines + lines);
            await output.WriteLineAsync(Row(folder, executed, lines));
            foreach (var file in pure)
                await output.WriteLineAsync(
                    $"{Row($"  {file.Name}", file.Executed, file.Lines)}  {file.Missed}".TrimEnd()
                );
            foreach (var file in own.Where(file => file.IsApart))
                await output.WriteLineAsync($"  {file.Name}: apart, it {file.Reason}");
        }

        await output.WriteLineAsync(Row("all", all.Executed, all.Lines));
        return all.Executed >= Least * all.Lines;
    }

    private static bool IsIn(string path, string folder) =>
        path.Replace('\\', '/').EndsWith(folder, StringComparison.Ordinal);

    private static string Row(string name, int executed, int lines) =>
        string.Format(
            CultureInfo.InvariantCulture,
            "{0,-44} {1,5} of {2,5}  {3,6:P1}",
            name,
            executed,
            lines,
            (double)executed / Math.Max(1, lines)
        );

    /// <summary>One source file with the lines that can be executed.</summary>
    private sealed class PlayedFile
    {
        private readonly SortedDictionary<int, bool> _lines = [];

        public PlayedFile(string path, IEnumerable<XElement> lines)
        {
            (Folder, Name) = (Path.GetDirectoryName(path)!, Path.GetFileName(path));
            foreach (var line in lines)
            {
                var number = (int)line.Attribute("number")!;
                _lines[number] = _lines.GetValueOrDefault(number) || (long)line.Attribute("hits")! > 0;
            }

            Reason = ReasonToBeApart(Name, File.ReadAllText(path));
        }

        public string Folder { get; }
        public string Name { get; }

        /// <summary>Why no schedule can play it; null when one can.</summary>
        public string? Reason { get; }

        public bool IsApart => Reason is not null;
        public int Lines => _lines.Count;
        public int Executed => _lines.Values.Count(executed => executed);

        /// <summary>Lines that were not executed, as ranges.</summary>
        public string Missed
        {
            get
            {
                var ranges = new List<(int First, int Last)>();
                foreach (var (number, executed) in _lines)
                    if (executed)
                        continue;
                    else if (ranges is [.., var last] && !_lines.Keys.Any(n => n > last.Last && n < number))
                        ranges[^1] = (last.First, number);
                    else
                        ranges.Add((number, number));
                return string.Join(
                    ", ",
                    ranges.Select(range =>
                        range.First == range.Last ? $"{range.First}" : $"{range.First}–{range.Last}"
                    )
                );
            }
        }
    }

    /// <summary>The rule by which a file is none of a pure machine's.</summary>
    private static string? ReasonToBeApart(string name, string text) =>
        GrainFile().IsMatch(name) ? "is a grain, which Orleans runs"
        : text.Contains("Socket", StringComparison.Ordinal) ? "opens connections"
        : text.Contains("IClusterMembershipService", StringComparison.Ordinal)
        || text.Contains("SiloAddress", StringComparison.Ordinal)
            ? "reads the cluster's membership"
        : text.Contains("IValidateOptions", StringComparison.Ordinal)
            ? "judges what a silo was configured with"
        : null;

    [GeneratedRegex(@"Grain(\.\w+)?\.cs$")]
    private static partial Regex GrainFile();
}
