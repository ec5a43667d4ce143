using MMOrleans.Api.Events;
using MMOrleans.Grains.Tests;

namespace MMOrleans.Api.Tests.Events;

public sealed class LineFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => System.IO.Path.Combine(_folder.Path, "events.jsonl");

    [Fact]
    public void EveryLineComesOnceWhereverOneGoesOn()
    {
        Write("one", "two", "three");
        var all = new LineFile(Path).ReadAll().ToList();

        Assert.Equal(["one", "two", "three"], all.Select(line => line.Text));
        for (var i = 0; i < all.Count; i++)
            Assert.Equal(
                all.Skip(i + 1).Select(line => line.Text),
                new LineFile(Path).ReadAfter(all[i].After).Lines.Select(line => line.Text)
            );
    }

    [Fact]
    public void ALineThatIsBeingWrittenWaitsForItsEnd()
    {
        File.WriteAllText(Path, "one\ntw");
        var file = new LineFile(Path);
        var first = file.ReadAfter(LineCursor.Start);
        File.AppendAllText(Path, "o\n");

        Assert.Equal(["one"], first.Lines.Select(line => line.Text));
        Assert.Equal(["two"], file.ReadAfter(first.Lines[^1].After).Lines.Select(line => line.Text));
    }

    [Fact]
    public void LinesThatReplaceOthersOfTheSameLengthBeginAgain()
    {
        Write("kept", "first");
        var read = new LineFile(Path).ReadAll().Last().After;
        Write("kept", "other", "more");

        var reading = new LineFile(Path).ReadAfter(read);

        Assert.True(reading.IsCut);
        Assert.Equal(["kept", "other", "more"], reading.Lines.Select(line => line.Text));
    }

    [Fact]
    public void ACutBehindWhatWasReadChangesNothing()
    {
        Write("kept", "cut");
        var read = new LineFile(Path).ReadAll().First().After;
        Write("kept", "new");

        var reading = new LineFile(Path).ReadAfter(read);

        Assert.False(reading.IsCut);
        Assert.Equal(["new"], reading.Lines.Select(line => line.Text));
    }

    [Fact]
    public void AShorterFileBeginsAgain()
    {
        Write("one", "two");
        var read = new LineFile(Path).ReadAll().Last().After;
        Write("one");

        Assert.True(new LineFile(Path).ReadAfter(read).IsCut);
    }

    [Fact]
    public void ACutLongBeforeTheEndIsNoticedByTheTimesOfTheLinesAfterIt()
    {
        // As a resume does it: the same epochs, told again later.
        Write([
            .. Enumerable.Range(0, 400).Select(i => $"{{\"time\":\"10:{i:d4}\",\"message\":\"epoch {i}\"}}"),
        ]);
        var read = new LineFile(Path).ReadAll().Last().After;
        Write([
            .. Enumerable
                .Range(0, 400)
                .Select(i => $"{{\"time\":\"{(i < 100 ? 10 : 11)}:{i:d4}\",\"message\":\"epoch {i}\"}}"),
        ]);

        Assert.True(new LineFile(Path).ReadAfter(read).IsCut);
    }

    [Fact]
    public void NoFileHasNoLines()
    {
        var reading = new LineFile(Path).ReadAfter(LineCursor.Start);

        Assert.Empty(reading.Lines);
        Assert.False(reading.IsCut);
    }

    [Theory]
    [InlineData("12-00000000000000ff", true)]
    [InlineData("0-0000000000000000", true)]
    [InlineData("-1-00", false)]
    [InlineData("12", false)]
    [InlineData("12-zz", false)]
    [InlineData("", false)]
    [InlineData("99999999999999999999-00", false)]
    public void OnlyACursorIsReadAsOne(string text, bool isOne)
    {
        Assert.Equal(isOne, LineCursor.TryParse(text, out var cursor));
        Assert.Equal(isOne ? text : LineCursor.Start.ToString(), cursor.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private void Write(params string[] lines) =>
        File.WriteAllText(Path, string.Concat(lines.Select(line => line + "\n")));
}
