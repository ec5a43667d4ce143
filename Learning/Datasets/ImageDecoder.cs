using SkiaSharp;

namespace MMOrleans.Learning.Datasets;

/// <summary>Turns the bytes of an image file into a square of pixels: the one way in for every image that is not stored as pixels.</summary>
/// <remarks>
/// JPEG (also grey and CMYK), PNG (also palette, grey, 16 bits), WebP and BMP, told by their first bytes and not by their names; of an
/// animation the first picture. Colour profiles and the camera's orientation are not applied and transparency is dropped, as
/// torchvision's loader does: the stored red, green and blue count. The centred square is scaled by <see cref="SquareResize"/>, in
/// whole numbers.
/// </remarks>
public static class ImageDecoder
{
    /// <summary>Pixels that a file may have: a few bytes may claim to be a picture that fills any memory.</summary>
    public const int MostPixels = 1 << 26;

    /// <summary>Bytes that a file may have: four for each of the pixels, as no format takes without compression.</summary>
    public const long LargestFile = 4L * MostPixels;

    /// <summary>Decodes and scales one image.</summary>
    /// <param name="file">Contents of the file.</param>
    /// <param name="name">What the error calls it.</param>
    /// <param name="side">Pixels across and down of the result, 1 or more.</param>
    /// <returns>3 · side · side bytes: a red, a green and a blue plane, row-major.</returns>
    /// <exception cref="FaultException">MM2005: not an image that can be read whole.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> file, string name, int side)
    {
        if (!IsKnown(file))
            throw Unreadable(
                name,
                file.IsEmpty ? "the file is empty" : "not a JPEG, PNG, WebP or BMP by its first bytes"
            );
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null)
            throw Unreadable(name, "its header is damaged");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > MostPixels)
            throw Unreadable(
                name,
                $"it claims {width:N0} × {height:N0} pixels, more than the {MostPixels:N0} that are read"
            );
        // Without a colour space nothing is converted, and unpremultiplied pixels keep their colour under transparency.
        var form = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul, null);
        var pixels = new byte[form.BytesSize];
        var result = Read(codec, form, pixels);
        return result == SKCodecResult.Success
            ? SquareResize.Planes(pixels, width, height, side)
            : throw Unreadable(
                name,
                result == SKCodecResult.IncompleteInput
                    ? "the file ends before the picture does"
                    : "its contents are damaged"
            );
    }

    private static unsafe SKCodecResult Read(SKCodec codec, SKImageInfo form, byte[] pixels)
    {
        fixed (byte* to = pixels)
            return codec.GetPixels(form, (nint)to);
    }

    // Skia reads more kinds than these; what it makes of them is nobody's promise.
    private static bool IsKnown(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])
        || file.StartsWith(
            (ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]
        )
        || file.StartsWith("BM"u8)
        || (file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WEBP"u8));

    private static FaultException Unreadable(string name, string why) =>
        new(
            "MM2005",
            $"{name} cannot be read: {why}",
            "repair or remove it, or leave such images out: --set dataset.on_bad_image=skip"
        );
}
