using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace MMOrleans.Architecture.Tests;

/// <summary>The walls between the projects and folders: each test's name is the rule it holds.</summary>
public class WallTests
{
    internal static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader()
        .LoadAssemblies(
            typeof(FaultException).Assembly,
            typeof(Learning.Training.Replica).Assembly,
            typeof(Grains.Interfaces.Runs.IRunGrain).Assembly,
            typeof(Grains.GrainsHosting).Assembly,
            typeof(Configuration.RequestConfiguration).Assembly,
            typeof(Api.Sources.IRunSource).Assembly,
            typeof(Silo.LocalCluster).Assembly,
            System.Reflection.Assembly.Load("mm"),
            typeof(TorchSharp.torch).Assembly,
            typeof(Orleans.Grain).Assembly,
            typeof(Orleans.IGrain).Assembly
        )
        .Build();

    private static IObjectProvider<IType> Torch =>
        Types().That().ResideInNamespaceMatching("^TorchSharp").As("TorchSharp");

    private static IObjectProvider<IType> Orleans =>
        Types().That().ResideInNamespaceMatching("^Orleans").As("Orleans");

    [Theory]
    [InlineData("Datasets")]
    [InlineData("Sampling")]
    [InlineData("Weighting")]
    public void ArithmeticAndFilesNeedNoTensors(string folder) =>
        In($"^MMOrleans\\.Learning\\.{folder}")
            .Should()
            .NotDependOnAny(Torch)
            .Because("it must run and be tested where there is no libtorch")
            .Check(House);

    [Fact]
    public void LearningKnowsNothingOfOrleans() =>
        In("^MMOrleans\\.Learning")
            .Should()
            .NotDependOnAny(Orleans)
            .Because("the mathematics must be testable without a cluster")
            .Check(House);

    [Fact]
    public void WhatARunIsNeedsNeitherTensorsNorOrleans() =>
        In("^MMOrleans\\.Runs")
            .Should()
            .NotDependOnAny(
                Types()
                    .That()
                    .ResideInNamespaceMatching(
                        "^(TorchSharp|Orleans|MMOrleans\\.(Learning|Grains|Configuration|Api|Silo|Client))"
                    )
            )
            .Because("it is the ground floor under the mathematics and the wire")
            .Check(House);

    [Fact]
    public void TheWireKnowsNeitherTensorsNorLearning() =>
        In("^MMOrleans\\.Grains\\.Interfaces")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching("^(TorchSharp|MMOrleans\\.Learning)"))
            .Because("a client talks to a cluster without either")
            .Check(House);

    [Fact]
    public void OnlyTheSiloKnowsWhichObjectStoreThereIs() =>
        In("^MMOrleans\\.(Runs|Learning|Grains|Configuration|Api|Client)")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching("^Amazon"))
            .Because("the next kind of store is one class of the silo")
            .WithoutRequiringPositiveResults()
            .Check(House);

    [Fact]
    public void ConfigurationsKnowNeitherCommandLineNorServer() =>
        In("^MMOrleans\\.Configuration")
            .Should()
            .NotDependOnAny(
                Types()
                    .That()
                    .ResideInNamespaceMatching(
                        "^(Microsoft\\.AspNetCore|System\\.CommandLine|MMOrleans\\.(Api|Silo|Client)|MMOrleans\\.Grains\\.(?!Interfaces))"
                    )
            )
            .Because("a file and a request are read by the same code")
            .Check(House);

    [Fact]
    public void GrainsDoNotKnowTheirHost() =>
        In("^MMOrleans\\.Grains")
            .Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching("^MMOrleans\\.(Silo|Client|Api)"))
            .Because("dependencies point one way")
            .Check(House);

    [Fact]
    public void RestKnowsNeitherGrainsNorTensorsNorWhoServesIt() =>
        In("^MMOrleans\\.Api")
            .Should()
            .NotDependOnAny(
                Types()
                    .That()
                    .ResideInNamespaceMatching(
                        "^(TorchSharp|MMOrleans\\.(Silo|Client)|MMOrleans\\.Grains\\.(Runs|Coordination|Trainers|Segments|DataShards|Devices|Clusters))"
                    )
            )
            .Because("a silo and the command line serve the same over one small interface")
            .Check(House);

    [Fact]
    public void NoGrainNamesATensor() =>
        Types()
            .That()
            .ResideInNamespaceMatching("^MMOrleans\\.Grains")
            .And()
            .HaveNameEndingWith("Grain")
            .Should()
            .NotDependOnAny(Torch)
            .Because("a grain posts work to the device that holds the replica")
            .Check(House);

    [Fact]
    public void TheClientNeverNamesAGrainClassOrATensor() =>
        In("^MMOrleans\\.Client")
            .Should()
            .NotDependOnAny(
                Types()
                    .That()
                    .ResideInNamespaceMatching(
                        "^(TorchSharp|MMOrleans\\.Grains\\.(Runs|Coordination|Trainers|Segments|DataShards|Devices|Clusters))"
                    )
            )
            .Because(
                "it speaks to grains through their interfaces, and to a silo of its own through one seam"
            )
            .WithoutRequiringPositiveResults()
            .Check(House);

    private static GivenTypesConjunction In(string pattern) =>
        Types().That().ResideInNamespaceMatching(pattern);
}
