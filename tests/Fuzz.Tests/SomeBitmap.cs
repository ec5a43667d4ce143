using System.Buffers.Binary;
using SkiaSharp;

namespace MMOrleans.Fuzz.Tests;

/// <summary>Writes BMP, which Skia reads and does not write: 24 bits a pixel, rows from the lowest.</summary>
internal static class SomeBitmap
{
    private const int Header = 54;

    public static byte[] Of(SKBitmap bitmap)
    {
        var row = ((3 * bitmap.Width) + 3) / 4 * 4;
        var bytes = new byte[Header + (row * bitmap.Height)];
        "BM"u8.CopyTo(bytes);
        Put(2, bytes.Length);
        Put(10, Header);
        Put(14, 40);
        Put(18, bitmap.Width);
        Put(22, bitmap.Height);
        Put(26, 1 | (24 << 16));
        Put(34, bytes.Length - Header);
        for (var y = 0; y < bitmap.Height; y++)
        for (var x = 0; x < bitmap.Width; x++)
        {
            var pixel = bitmap.GetPixel(x, bitmap.Height - 1 - y);
            var at = Header + (row * y) + (3 * x);
            (bytes[at], bytes[at + 1], bytes[at + 2]) = (pixel.Blue, pixel.Green, pixel.Red);
        }

        return bytes;

        void Put(int at, int number) => BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), number);
    }
}
