namespace MMOrleans.Learning.Datasets;

/// <summary>Scales the centred square of a picture: a triangle filter, widened when it shrinks, in whole numbers throughout.</summary>
/// <remarks>
/// What Pillow calls bilinear with its support scaled (torchvision's Resize with antialias), rows first and then columns, each rounded
/// to bytes. A weight is the exact fraction w / Σ w; there is no floating point, so that every machine makes the same bytes. A square
/// that has the wanted side already is copied.
/// </remarks>
internal static class SquareResize
{
    /// <summary>Planes of red, green and blue.</summary>
    /// <param name="pixels">[height, width, 4] of red, green, blue and what is ignored.</param>
    /// <param name="width">1 or more.</param>
    /// <param name="height">1 or more.</param>
    /// <param name="side">Pixels across and down of the result, 1 or more.</param>
    /// <returns>[3, side, side]</returns>
    public static byte[] Planes(ReadOnlySpan<byte> pixels, int width, int height, int side)
    {
        var square = Math.Min(width, height);
        var (left, top) = ((width - square) / 2, (height - square) / 2);
        var filter = Filter(square, side);
        var narrow = new byte[3 * square * side]; // [3, square, side]
        for (var channel = 0; channel < 3; channel++)
        for (var y = 0; y < square; y++)
        {
            var row = pixels[(((((top + y) * width) + left) * 4) + channel)..];
            for (var x = 0; x < side; x++)
                narrow[(((channel * square) + y) * side) + x] = filter[x].Of(row, 4);
        }

        var planes = new byte[3 * side * side];
        for (var channel = 0; channel < 3; channel++)
        for (var x = 0; x < side; x++)
        {
            var column = narrow.AsSpan((channel * square * side) + x);
            for (var y = 0; y < side; y++)
                planes[(((channel * side) + y) * side) + x] = filter[y].Of(column, side);
        }

        return planes;
    }

    // In units of 1 / (2 · side) of a source pixel, so that every centre and every distance is whole.
    private static Weights[] Filter(int from, int to)
    {
        var weights = new Weights[to];
        long support = 2L * Math.Max(from, to);
        for (var i = 0; i < to; i++)
        {
            var centre = ((2L * i) + 1) * from;
            var first = (int)Math.Max(0, ((centre - support) / (2 * to)) - 1);
            var values = new List<long>();
            for (var j = first; j < from; j++)
            {
                var weight = support - Math.Abs((((2L * j) + 1) * to) - centre);
                if (weight > 0)
                    values.Add(weight);
                else if (values.Count == 0)
                    first = j + 1;
                else
                    break;
            }

            weights[i] = new(first, [.. values], values.Sum());
        }

        return weights;
    }

    private readonly record struct Weights(int First, long[] Values, long Sum)
    {
        public byte Of(ReadOnlySpan<byte> line, int stride)
        {
            var sum = Sum / 2;
            var at = First * stride;
            foreach (var value in Values)
            {
                sum += value * line[at];
                at += stride;
            }

            return (byte)(sum / Sum);
        }
    }
}
