using MMOrleans.Runs.Specifications;

namespace MMOrleans.Configuration.Tests;

public sealed class RequestConfigurationTests
{
    private const string Yaml = "preset: cifar10-lt-100\nname: nightly\ntrain:\n  epochs: 20\n";

    [Fact]
    public void TheSameTextMeansTheSameNumbersFromAFileAndFromTheNetwork()
    {
        var file = RunConfiguration.Resolve(
            new()
            {
                FileName = "run.yaml",
                FileText = Yaml,
                WorkingFolder = Path.GetTempPath(),
            }
        );

        var (specification, settings) = RequestConfiguration.Read(Yaml);

        Assert.Equal(
            SpecificationDocument.Write(file.Specification),
            SpecificationDocument.Write(specification)
        );
        Assert.Equal("nightly", settings.Name);
    }

    [Fact]
    public void JsonWithTheSameKeysIsTheSameConfiguration()
    {
        const string json = """
            { "preset": "cifar10-lt-100", "name": "nightly", "train": { "epochs": 20 } }
            """;

        Assert.Equal(
            SpecificationDocument.Write(RequestConfiguration.Read(Yaml).Specification),
            SpecificationDocument.Write(RequestConfiguration.Read(json).Specification)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("distribution:\n  cluster: elsewhere:30000\n")]
    public void PathsAreThoseOfTheSilos(string more)
    {
        var (_, own) = RequestConfiguration.Read(Yaml + more);
        var (_, given) = RequestConfiguration.Read(Yaml + more + "dataset:\n  path: images/cifar\n");

        Assert.Null(own.DataPath);
        Assert.Equal("images/cifar", given.DataPath);
    }

    [Fact]
    public void WhatIsWrongIsToldInOneGoWithItsPlace()
    {
        var fault = Assert.Throws<FaultException>(() =>
            RequestConfiguration.Read("trian:\n  epochs: 5\nimbalance:\n  ratio: 0.01\n")
        );

        Assert.Equal(["MM1003", "MM1004"], fault.Faults.Select(problem => problem.Code));
        Assert.StartsWith("request:1:1: unknown key 'trian'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WeightsOfARunNeedTheirHashSinceNobodyLooksThemUp()
    {
        var fault = Assert.Throws<FaultException>(() =>
            RequestConfiguration.Read("model:\n  init_from: r-7f3k9q@epoch-12\n")
        );

        Assert.Equal("MM1005", Assert.Single(fault.Faults).Code);
        Assert.Contains("model.init_sha256", fault.Faults[0].Fix, StringComparison.Ordinal);
    }
}
