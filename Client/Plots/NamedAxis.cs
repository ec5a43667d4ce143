using ScottPlot;
using SkiaSharp;

namespace MMOrleans.Client.Plots;

/// <summary>Draws names of any script at the ticks of an axis, as outlines: a reader of the file needs no typeface.</summary>
internal sealed class NamedAxis : IRenderAction
{
    private const float Gap = 6;
    private const float MostRoom = 220;

    private readonly IAxis _axis;
    private readonly IReadOnlyList<(double Position, string Name)> _names;
    private readonly float _size;
    private readonly bool _isSlanted;
    private readonly SKColor _ink;

    /// <param name="axis">Makes room for the names from here on.</param>
    /// <param name="names">With their places on the axis.</param>
    /// <param name="size">Of the letters, in pixels.</param>
    /// <param name="isSlanted">Whether they climb towards their tick.</param>
    /// <param name="ink">Colour.</param>
    public NamedAxis(
        IAxis axis,
        IReadOnlyList<(double Position, string Name)> names,
        float size,
        bool isSlanted,
        Color ink
    )
    {
        (_axis, _names, _size, _isSlanted) = (axis, names, size, isSlanted);
        _ink = new(ink.Red, ink.Green, ink.Blue);
        var widest = Math.Min(MostRoom, names.Max(named => Width(named.Name)));
        // Beside the names stands the label of the axis.
        axis.MinimumSize =
            axis is IXAxis && !isSlanted ? 50 : (isSlanted ? widest * 0.75f : widest) + Gap + 40;
    }

    public void Render(RenderPack rp)
    {
        using var paint = new SKPaint { Color = _ink, IsAntialias = true };
        foreach (var (position, name) in _names)
        {
            var (outline, width) = NameText.Outline(name, _size);
            using (outline)
            {
                var pixel = _axis.GetPixel(position, rp.DataRect);
                rp.Canvas.Save();
                if (_axis is IYAxis)
                    rp.Canvas.Translate(rp.DataRect.Left - Gap - width, pixel + (0.35f * _size));
                else if (_isSlanted)
                {
                    rp.Canvas.Translate(pixel + (0.3f * _size), rp.DataRect.Bottom + Gap + (0.6f * _size));
                    rp.Canvas.RotateDegrees(-45);
                    rp.Canvas.Translate(-width, 0);
                }
                else
                    rp.Canvas.Translate(pixel - (width / 2), rp.DataRect.Bottom + Gap + _size);
                rp.Canvas.DrawPath(outline, paint);
                rp.Canvas.Restore();
            }
        }
    }

    private float Width(string name)
    {
        var (outline, width) = NameText.Outline(name, _size);
        outline.Dispose();
        return width;
    }
}
