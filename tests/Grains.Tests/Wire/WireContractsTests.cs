using MMOrleans.Tests;

namespace MMOrleans.Grains.Tests.Wire;

public class WireContractsTests
{
    private const string FileName = "WireContracts.txt";

    [Fact]
    public void TheContractsAreThoseThatWereReviewed()
    {
        var now = WireContracts.Describe();
        var reviewed = Path.Combine(Checkout.Root, "Grains.Interfaces", FileName);
        var known = File.Exists(reviewed) ? File.ReadAllText(reviewed).ReplaceLineEndings("\n") : "";
        if (now == known)
            return;

        var copy = Path.Combine(AppContext.BaseDirectory, FileName);
        File.WriteAllText(copy, now);
        var (before, after) = (known.Split('\n'), now.Split('\n'));
        Assert.Fail(
            $"The wire has changed, so that processes of two versions may no longer understand each other:\n"
                + string.Join('\n', before.Except(after).Select(line => $"- {line}"))
                + "\n"
                + string.Join('\n', after.Except(before).Select(line => $"+ {line}"))
                + $"\nAdd members with new ids; never change a type, an id or an alias. If it is meant so: cp {copy} {reviewed}"
        );
    }

    [Fact]
    public void NoTwoMessagesShareANameAndNoTwoMembersAnId() => Assert.Empty(WireContracts.Clashes());
}
