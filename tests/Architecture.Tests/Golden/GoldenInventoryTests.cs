using MMOrleans.Tests;

namespace MMOrleans.Architecture.Tests.Golden;

public class GoldenInventoryTests
{
    [Fact]
    public void EveryGoldenCaseIsReadByATestOrNamedAsNotBuilt()
    {
        var (read, waiting) = (0, 0);
        List<string> neither = [];
        foreach (var path in Directory.EnumerateFiles(GoldenCases.Folder(), "*.json").Order())
        {
            var file = Path.GetFileNameWithoutExtension(path);
            var ids = GoldenCases.Cases(file).Select(c => c.Id()).ToList();
            var (here, there) = (
                ids.Count(id => GoldenInventory.IsRead(file, id)),
                ids.Count(id => GoldenInventory.Waits(file, id))
            );
            TestContext.Current.SendDiagnosticMessage($"{file}: {here} of {ids.Count} cases are read");
            (read, waiting) = (read + here, waiting + there);
            neither.AddRange(
                ids.Where(id => GoldenInventory.IsRead(file, id) == GoldenInventory.Waits(file, id))
                    .Select(id => $"{file} {id}")
            );
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{read} golden cases are read, {waiting} wait for methods that are not built"
        );
        Assert.Empty(neither);
        Assert.True(read > 0, "no golden file was found");
    }

    [Fact]
    public void EveryTestThatTheInventoryNamesExists() => Assert.Empty(GoldenInventory.MissingTests());
}
