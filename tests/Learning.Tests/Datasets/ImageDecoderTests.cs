using System.Buffers.Binary;
using System.Security.Cryptography;
using MMOrleans.Learning.Datasets;

namespace MMOrleans.Learning.Tests.Datasets;

public class ImageDecoderTests
{
    public static IEnumerable<TheoryDataRow<string>> Ids =>
        ReferenceImages.Ids.Select(id => new TheoryDataRow<string>(id));

    [Theory]
    [MemberData(nameof(Ids))]
    public void PixelsAreThoseOfPillow(string id)
    {
        var expected = ReferenceImages.Planes(id);

        var planes = ImageDecoder.Decode(ReferenceImages.File(id), id, ReferenceImages.Side(id));

        Assert.Equal(expected.Length, planes.Length);
        var difference = planes.Zip(expected, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(
            difference <= ReferenceImages.Tolerance(id),
            $"{id}: a byte differs by {difference}, allowed {ReferenceImages.Tolerance(id)}"
        );
    }

    [Fact]
    public void BytesAreTheSameOnEveryMachine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var id in ReferenceImages.Ids)
        foreach (var side in (int[])[1, 8, 32])
            hash.AppendData(ImageDecoder.Decode(ReferenceImages.File(id), id, side));

        // Made by the first version: a library or a machine that decodes otherwise trains something else.
        Assert.Equal(
            "2f8ae1b9ef78b22242c0944df4416aa653bc4a48e6d2da89fb8e714230ee3291",
            Convert.ToHexStringLower(hash.GetHashAndReset())
        );
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void TruncatedFileIsRefusedByName(string id)
    {
        var file = ReferenceImages.File(id);
        foreach (var length in (int[])[0, 1, 2, 7, 12, 20, 33, file.Length / 2])
        {
            var fault = Assert.Throws<FaultException>(() =>
                ImageDecoder.Decode(file.AsSpan(0, length), "cats/7.jpg", 8)
            );

            Assert.Equal("MM2005", fault.Code);
            Assert.StartsWith("cats/7.jpg cannot be read: ", fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void DamagedFileIsReadOrRefusedAndNothingElse(string id)
    {
        var file = ReferenceImages.File(id);
        var random = new Random(file.Length);
        for (var trial = 0; trial < 40; trial++)
        {
            var damaged = (byte[])file.Clone();
            for (var n = 0; n <= trial % 4; n++)
                damaged[random.Next(Math.Min(damaged.Length, 400))] = (byte)random.Next(256);
            try
            {
                Assert.Equal(3 * 8 * 8, ImageDecoder.Decode(damaged, id, 8).Length);
            }
            catch (FaultException fault)
            {
                Assert.Equal("MM2005", fault.Code);
            }
        }
    }

    [Fact]
    public void PictureThatClaimsToFillMemoryIsRefused()
    {
        var file = ReferenceImages.File("bmp");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 60_000);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), 60_000);

        var fault = Assert.Throws<FaultException>(() => ImageDecoder.Decode(file, "bomb.bmp", 8));

        Assert.Contains("60,000 × 60,000", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherFilesAreNotImagesWhateverTheirName()
    {
        foreach (
            var file in (byte[][])["GIF89a\u0001\0\u0001\0"u8.ToArray(), "<svg/>"u8.ToArray(), new byte[64]]
        )
        {
            var fault = Assert.Throws<FaultException>(() => ImageDecoder.Decode(file, "a.png", 8));

            Assert.Contains("not a JPEG, PNG, WebP or BMP", fault.Message, StringComparison.Ordinal);
        }
    }
}
