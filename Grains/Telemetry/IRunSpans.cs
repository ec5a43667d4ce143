using System.Diagnostics;

namespace MMOrleans.Grains.Telemetry;

/// <summary>Knows which span a run is in, for what is logged of it.</summary>
public interface IRunSpans
{
    /// <summary>The run's open span in this process.</summary>
    /// <returns>Default when the run is not known here, or asks for no spans.</returns>
    ActivityContext SpanOf(string run);
}
