namespace MMOrleans.Grains.Confinement;

/// <summary>Says which files of a silo's machine a request may name: those below the folders that the silo serves.</summary>
/// <remarks>
/// A path is judged by where it really leads, after every link, and it is that place which is then opened. A user who can change links below
/// the folders between the two can read there anyway.
/// </remarks>
/// <param name="roots">The folders; null where requests come from the owner of this very process.</param>
internal sealed class ClientPaths(IReadOnlyList<string>? roots)
{
    private const int MostLinks = 40; // as many as the operating system follows

    /// <summary>Whatever the owner of the process may open.</summary>
    public static ClientPaths Anywhere { get; } = new(null);

    /// <summary>Where a path really leads.</summary>
    /// <param name="path">As the request has it.</param>
    /// <param name="what">What it is for, such as <c>dataset.path</c>.</param>
    /// <returns>The path to open; unchanged where everything may be named.</returns>
    /// <exception cref="FaultException">MM3003: it leads out of the folders.</exception>
    public string Resolve(string path, string what)
    {
        if (roots is null)
            return path;
        if (path.Length == 0 || path.Contains('\0'))
            throw Refused(path.Replace('\0', '?'), what);
        try
        {
            var place = Real(Path.GetFullPath(path));
            return roots.Any(root => IsIn(place, Real(Path.GetFullPath(root))))
                ? place
                : throw Refused(path, what);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Refused(path, what, fault);
        }
    }

    private static bool IsIn(string place, string root) =>
        place == root
        || place.StartsWith(
            root.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );

    /// <summary>The path without links, as far as it exists.</summary>
    private static string Real(string path)
    {
        var left = new Stack<string>(Parts(path).Reverse());
        var place = Path.GetPathRoot(path)!;
        var links = 0;
        while (left.TryPop(out var part))
        {
            if (part == "..")
            {
                place = Path.GetDirectoryName(place) ?? place;
                continue;
            }

            var next = Path.Combine(place, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                place = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException($"{path} has more than {MostLinks} links on its way.");
            if (Path.IsPathRooted(target))
                place = Path.GetPathRoot(target)!;
            foreach (var piece in Parts(target).Reverse())
                left.Push(piece);
        }

        return place;
    }

    private static IEnumerable<string> Parts(string path) =>
        path[(Path.GetPathRoot(path)?.Length ?? 0)..]
            .Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)
            .Where(part => part != ".");

    private FaultException Refused(string path, string what, Exception? inner = null) =>
        new(
            "MM3003",
            $"{what} '{path}' is not below the folders that this silo serves ({string.Join(", ", roots!)}), and nothing else of its machine is read or written for a client",
            "put the files into the silos' --data folder and name that place, or leave it out for the data set of that name there",
            inner
        );
}
