using System.Reflection;
using System.Runtime.CompilerServices;
using MMOrleans.Configuration.Keys;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Tests.Keys;

/// <summary>A key has one default, one range and one member of the run's record.</summary>
public sealed class KeyTests
{
    public static TheoryData<string> Paths { get; } = [.. ConfigKeys.All.Select(key => key.Path)];

    [Fact]
    public void NoDefaultStandsTwice() =>
        Assert.Empty(
            from key in ConfigKeys.All
            where key is { SpellsItsDefault: true, Lens: not null }
            where !key.Lens!.Member.IsDefined(typeof(RequiredMemberAttribute))
            where
                key.Value.Write(key.Lens!.Default() is int whole ? (long)whole : key.Lens!.Default())
                == key.BuiltIn
            select $"{key.Path}: {key.BuiltIn} is the default of {key.Lens!.Member.DeclaringType!.Name}.{key.Lens!.Member.Name} too"
        );

    [Theory]
    [MemberData(nameof(Paths))]
    public void SayingTheDefaultOfAKeyChangesNothing(string path)
    {
        var usual = RunConfiguration.Resolve(new() { WorkingFolder = null });
        if (
            Presets.Find(Presets.Default).Values.ContainsKey(path)
            || usual.Written.All(line => line.Key != path)
        )
            return; // the preset says something else, or nothing uses it

        var said = RunConfiguration.Resolve(
            new()
            {
                FileName = "run.yaml",
                FileText =
                    $"{string.Join(": {", path.Split('.'))}: {ConfigKeys.Find(path)!.BuiltIn}{new string('}', path.Count(c => c == '.'))}",
                WorkingFolder = null,
            }
        );

        Assert.Equal(
            SpecificationDocument.Write(usual.Specification),
            SpecificationDocument.Write(said.Specification)
        );
        Assert.Equal(
            usual.Settings with
            {
                ConfigurationYaml = "",
                Tags = [],
            },
            said.Settings with
            {
                ConfigurationYaml = "",
                Tags = [],
            }
        );
    }

    [Fact]
    public void NoTwoKeysWriteOneMember()
    {
        var members = ConfigKeys
            .All.Where(key => key.Lens is not null)
            .Select(key => (key.Lens!.Member.DeclaringType, key.Lens.Member.Name))
            .ToList();

        Assert.Equal(members.Distinct(), members);
    }

    [Fact]
    public void ALensWritesACopyAndBeginsWhatIsNotThere()
    {
        var lens = Lens.Of<RunSpecification, int>(
            s => s.Pretraining!.Epochs,
            nameof(ResolvedRun.Specification)
        );
        var before = Lens.Blank<ResolvedRun>();

        var after = lens.Set(lens.Set(before, 3), 4);

        Assert.Null(before.Specification.Pretraining);
        Assert.Equal(4, after.Specification.Pretraining!.Epochs);
        Assert.Same(before.Specification.Dataset, after.Specification.Dataset);
    }
}
