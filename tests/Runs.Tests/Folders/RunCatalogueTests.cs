using MMOrleans.Runs.Folders;
using Xunit;

namespace MMOrleans.Runs.Tests.Folders;

public sealed class RunCatalogueTests : IDisposable
{
    private readonly TemporaryFolder _root = new();
    private readonly RunCatalogue _runs;

    public RunCatalogueTests()
    {
        _runs = new RunCatalogue(_root.Path);
        SomeRun.Create(_root.Path, "r-7f3k9q", "first", minute: 1);
        SomeRun.Create(_root.Path, "r-7f4444", "second", minute: 3);
        SomeRun.Create(_root.Path, "r-2m8d0c", "third", minute: 2);
        Directory.CreateDirectory(_root["r-000000"]); // no record, so no run
        Directory.CreateDirectory(_root["notes"]);
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("r-7f3k9q", "r-7f3k9q")]
    [InlineData("r-7f3", "r-7f3k9q")]
    [InlineData("r-2", "r-2m8d0c")]
    [InlineData("second", "r-7f4444")]
    [InlineData("latest", "r-2m8d0c")]
    public void ARunIsFoundByIdBeginningNameOrAsTheLatest(string spelling, string id) =>
        Assert.Equal(id, _runs.Resolve(spelling).RunId);

    [Fact]
    public void AnAmbiguousBeginningListsTheMatches()
    {
        var fault = Assert.Throws<FaultException>(() => _runs.Resolve("r-7f"));

        Assert.Equal("MM1009", fault.Code);
        Assert.Contains("'r-7f' matches 2 runs: r-7f3k9q, r-7f4444", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r-9")]
    [InlineData("")]
    [InlineData("r-000000")]
    [InlineData("../r-7f3k9q")]
    public void AnUnknownRunIsRefused(string spelling) =>
        Assert.Equal("MM1007", Assert.Throws<FaultException>(() => _runs.Resolve(spelling)).Code);

    [Fact]
    public void RunsAreListedNewestFirst() =>
        Assert.Equal(["r-7f4444", "r-2m8d0c", "r-7f3k9q"], _runs.List().Select(run => run.Id));

    [Fact]
    public void WhenTheLatestIsGoneTheNewestTakesItsPlace()
    {
        _runs.Folder("r-2m8d0c").Delete();

        Assert.Equal("r-7f4444", _runs.Latest());
    }

    [Fact]
    public void AMissingFolderHoldsNoRuns()
    {
        var none = new RunCatalogue(_root["none"]);

        Assert.Empty(none.List());
        Assert.Null(none.Latest());
        Assert.Throws<FaultException>(() => none.Resolve("latest"));
    }

    [Fact]
    public void NewIdsAreIdsAndAvoidWhatIsTaken()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => _runs.NewId()).ToList();

        Assert.All(ids, id => Assert.True(RunId.IsId(id)));
        var first = true;
        Assert.NotEqual("", RunId.New(_ => first && !(first = false)));
        Assert.False(first);
    }
}
