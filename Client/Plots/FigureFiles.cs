using MMOrleans.Runs.Formats;

namespace MMOrleans.Client.Plots;

/// <summary>A figure as the two files that papers and pages want.</summary>
internal static class FigureFiles
{
    /// <summary>Writes <c>NAME.svg</c> and <c>NAME.png</c>.</summary>
    /// <returns>The SVG text.</returns>
    /// <exception cref="FaultException">MM5003: the disk refuses.</exception>
    public static string Write(string folder, Figure figure)
    {
        Directory.CreateDirectory(folder);
        var svg = FigureDrawing.Svg(figure);
        AtomicFile.Write(Path.Combine(folder, $"{figure.Name}.svg"), svg);
        AtomicFile.Write(Path.Combine(folder, $"{figure.Name}.png"), FigureDrawing.Png(figure));
        return svg;
    }
}
