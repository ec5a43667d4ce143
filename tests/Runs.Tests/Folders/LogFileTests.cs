using CsCheck;
using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class LogFileTests : IDisposable
{
    private const string Letters = "abzAZ019-._";

    private static readonly Gen<string> Silos = Gen.Select(Gen.Char["ab019"], Gen.Char[Letters].Array[0, 12])
        .Select((first, rest) => first + string.Concat(rest));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void NoTwoFilesHaveOneNameAndEveryNameIsReadBack() =>
        Gen.Select(Silos, Silos)
            .Sample(
                (one, other) =>
                {
                    LogFile[] files =
                    [
                        new(null),
                        new(null, IsFull: true),
                        new(one),
                        new(one, IsFull: true),
                        new(other),
                        new(other, IsFull: true),
                    ];

                    Assert.All(files, file => Assert.Equal(file, LogFile.Of(file.Name)));
                    Assert.Equal(
                        files.Distinct().Count(),
                        files.Select(file => file.Name).Distinct().Count()
                    );
                },
                print: names => names.ToString()
            );

    [Theory]
    [InlineData("gpu-1.ml.svc", "gpu-1")]
    [InlineData("node.1", "node")]
    [InlineData("node.1", "node.1.1")]
    [InlineData("a.txt", "a")]
    [InlineData("1", "1.1")]
    public void LogsOfSilosWithDotsAreAllFoundThoughTheyWereRotated(string one, string other)
    {
        var run = new RunFolder(_folder.Path, "r-7f3k9q");
        Directory.CreateDirectory(run.Path);
        string[] silos = [one, other];
        for (var i = 0; i < 12; i++)
        {
            foreach (var silo in silos)
            {
                // Of several lines each, so that both silos have a full file.
                using var log = new RunLog(run.LogOf(silo), limit: 700);
                log.Write(
                    new(SomeRun.Time.AddSeconds(i), "info", $"{silo}/t0", $"line {i} {new string('x', 60)}")
                );
            }
        }

        Assert.Equal(4, Directory.EnumerateFiles(run.Path).Count());
        foreach (var silo in silos)
        {
            Assert.Equal(
                Enumerable.Range(0, 12).Select(i => $"line {i} "[..7]),
                run.ReadLogs().Where(e => e.Source == $"{silo}/t0").Select(e => e.Message[..7])
            );
        }
    }

    [Fact]
    public void AFolderOfAnEarlierVersionIsReadWhole()
    {
        var run = new RunFolder(_folder.Path, "r-7f3k9q");
        Directory.CreateDirectory(run.Path);
        File.WriteAllText(Path.Combine(run.Path, "log-silo-0.1.txt"), Line(1) + Line(2));
        File.WriteAllText(Path.Combine(run.Path, "log-silo-0.txt"), Line(4));
        File.WriteAllText(Path.Combine(run.Path, "log-node.1.txt"), Line(3));

        Assert.Equal(["1", "2", "3", "4"], run.ReadLogs().Select(entry => entry.Message));
    }

    [Theory]
    [InlineData("gpu-1.ml.svc", true)]
    [InlineData("node.1", true)]
    [InlineData("Silo_0", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("-x", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("a~1", false)]
    [InlineData("größe", false)]
    [InlineData("节点", false)]
    public void ANameThatCannotBeAFilesIsNoSilos(string name, bool isTaken) =>
        Assert.Equal(isTaken, LogFile.TakesSilo(name));

    [Fact]
    public void TheLongestNameFitsIntoAFileName()
    {
        Assert.True(LogFile.TakesSilo(new('a', LogFile.LongestSilo)));
        Assert.False(LogFile.TakesSilo(new('a', LogFile.LongestSilo + 1)));
        Assert.InRange(new LogFile(new('a', LogFile.LongestSilo), IsFull: true).Name.Length, 1, 200);
    }

    private static string Line(int second) =>
        new LogEntry(SomeRun.Time.AddSeconds(second), "info", "s/t0", $"{second}").ToLine() + "\n";
}
