namespace MMOrleans.Configuration.Sources;

/// <summary>Where a value was written, as messages name it.</summary>
/// <param name="Origin">Which kind of source.</param>
/// <param name="Source">File, flag, variable or preset.</param>
/// <param name="Line">From 1; 0 outside files.</param>
/// <param name="Column">From 1; 0 outside files.</param>
internal sealed record Place(Origin Origin, string Source, int Line = 0, int Column = 0)
{
    /// <summary>Names a key at this place, as the user wrote it; <paramref name="below"/> is a key in its value, such as <c>.min</c>.</summary>
    public string Subject(string key, string below = "") =>
        Origin switch
        {
            Origin.File => $"{this}: {key}{below}",
            Origin.Set => $"--set {key}{below}",
            Origin.Flag or Origin.Environment => $"{Source}{below.Replace('.', ' ')}",
            _ => key + below,
        };

    public override string ToString() => Line > 0 ? $"{Source}:{Line}:{Column}" : Source;
}

/// <summary>Where a value comes from, weakest first.</summary>
internal enum Origin
{
    BuiltIn,
    Recipe,
    Preset,
    Method,
    File,
    Environment,
    Set,
    Flag,
}

/// <summary>A piece of a configuration before its meaning is known.</summary>
internal abstract record Node(Place Place);

/// <param name="Text">As written, without quotes.</param>
/// <param name="Quoted">Whether quotes make it a text whatever it looks like.</param>
/// <param name="Place">Where.</param>
internal sealed record ScalarNode(string Text, bool Quoted, Place Place) : Node(Place)
{
    public bool IsNull => !Quoted && Text is "" or "null" or "~";
}

/// <param name="Items">In order.</param>
/// <param name="Place">Where it starts.</param>
internal sealed record ListNode(IReadOnlyList<Node> Items, Place Place) : Node(Place);

/// <param name="Entries">In order; keys are unique.</param>
/// <param name="Place">Where it starts.</param>
internal sealed record MapNode(IReadOnlyList<MapEntry> Entries, Place Place) : Node(Place);

/// <param name="Key">As written.</param>
/// <param name="Place">Of the key.</param>
/// <param name="Value">What it holds.</param>
internal sealed record MapEntry(string Key, Place Place, Node Value);
