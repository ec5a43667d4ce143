using System.Text;
using MMOrleans.Configuration.Sources;

namespace MMOrleans.Configuration.Tests.Sources;

public class YamlReaderTests
{
    /// <summary>As many keys as a file may hold; to compare each with all before it took half a minute.</summary>
    [Fact(Timeout = 20_000)]
    public async Task AFileFullOfKeysIsReadAndWhatStandsTwiceIsFound()
    {
        const int Keys = 120_000;
        var text = new StringBuilder();
        for (var i = 0; i < Keys; i++)
            text.Append('k').Append(i.ToString("x5", null)).Append(":\n");
        text.Append("k00007:\n");
        List<Fault> problems = [];

        var map = await Task.Run(
            () => YamlReader.ReadFile(text.ToString(), "run.yaml", problems),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(Keys, map!.Entries.Count);
        Assert.Equal("k00007", map.Entries[7].Key);
        Assert.Equal(
            $"run.yaml:{Keys + 1}:1: key 'k00007' stands here a second time (first at line 8)",
            Assert.Single(problems).Message
        );
    }
}
