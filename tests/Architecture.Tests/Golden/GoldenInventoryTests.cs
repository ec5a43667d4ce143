using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests.Golden;

public class GoldenInventoryTests
{
    [Fact]
    public void EveryGoldenCaseIsReadByATest()
    {
        List<string> unread = [];
        var read = 0;
        foreach (var path in Directory.EnumerateFiles(GoldenCases.Folder(), "*.json").Order())
        {
            var file = Path.GetFileNameWithoutExtension(path);
            foreach (var id in GoldenCases.Cases(file).Select(c => c.Id()))
                if (GoldenInventory.IsRead(file, id))
                    read++;
                else
                    unread.Add($"{file} {id}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{read} golden cases are read");
        Assert.Empty(unread);
        Assert.True(read > 0, "no golden file was found");
    }

    [Fact]
    public void EveryTestThatTheInventoryNamesExists() => Assert.Empty(GoldenInventory.MissingTests());
}
