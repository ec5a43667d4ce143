namespace MMOrleans.Client.Output;

/// <summary>Chooses how a run that is followed is shown.</summary>
internal static class Views
{
    /// <param name="terminal">Where.</param>
    /// <param name="clock">For the times shown and the pace of drawing.</param>
    /// <param name="json">JSON lines instead of anything else.</param>
    /// <param name="quiet">No progress.</param>
    /// <param name="redraw">False for plain lines also on a terminal; <c>--no-progress</c>.</param>
    /// <param name="hint">What the keys do.</param>
    public static IRunView For(
        Terminal terminal,
        TimeProvider clock,
        bool json,
        bool quiet,
        bool redraw,
        string hint
    ) =>
        json ? new JsonView(terminal.Output, clock)
        : quiet ? new SilentView()
        : redraw && terminal.CanRedraw
            ? new LiveView(terminal.Messages, terminal.Error, Terminal.Size, clock, hint)
        : new PlainView(terminal.Error, clock);
}
