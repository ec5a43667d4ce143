using System.Text;
using MMOrleans.Learning.Datasets;
using Xunit;

namespace MMOrleans.Learning.Tests.Datasets;

public sealed class DatasetTextTests
{
    public static TheoryData<string> Encodings => ["utf-8", "utf-16", "utf-16BE"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public void TextIsReadByItsMark(string name)
    {
        var encoding = Encoding.GetEncoding(name);

        Assert.Equal(
            "café",
            DatasetText.Of((byte[])[.. encoding.GetPreamble(), .. encoding.GetBytes("café")], "x")
        );
    }

    [Theory]
    [InlineData(new byte[] { 0x63, 0xE9 })] // Latin-1
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0x63, 0xE9 })] // the same behind a mark of UTF-8
    [InlineData(new byte[] { 0xFF, 0xFE, 0x00, 0xD8 })] // half of a pair
    public void BytesThatAreNoTextAreRefusedAlsoBehindAMark(byte[] bytes) =>
        Assert.Equal("MM2004", Assert.Throws<FaultException>(() => DatasetText.Of(bytes, "x")).Code);
}
