using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MMOrleans.Runs.Events;
using MMOrleans.Runs.Folders;
using MMOrleans.Runs.Schedules;
using Orleans.Serialization;

namespace MMOrleans.Grains.Tests.Wire;

public class RunsCodecTests
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer()
        .BuildServiceProvider();

    private Serializer Wire => _services.GetRequiredService<Serializer>();

    public static TheoryData<string> Types =>
        [.. WireContracts.RunsTypes().Append(typeof(RunRecord)).Select(type => type.FullName!).Distinct()];

    [Theory, MemberData(nameof(Types))]
    public void WhatAMessageHoldsOfRunsTravelsWhole(string name)
    {
        var type = typeof(RunRecord).Assembly.GetType(name)!;
        var sent = SomeRecord.Of(type);

        var received = Wire.Deserialize<object>(Wire.SerializeToArray(sent));

        Assert.IsType(sent.GetType(), received);
        Assert.Equal(Json(sent), Json(received!));
    }

    [Fact]
    public void WhatBefellARunTravelsAsItsOwnKind()
    {
        Incident sent = new TrainerStalled("silo-1/t0", 8.2);

        Assert.Equal(sent, Wire.Deserialize<Incident>(Wire.SerializeToArray(sent)));
        Assert.Null(Wire.Deserialize<Incident?>(Wire.SerializeToArray<Incident?>(null)));
    }

    [Fact]
    public void AKindThatANewerSiloTellsOfIsNoError()
    {
        var bytes = Wire.SerializeToArray<Incident>(new TrainerStalled("silo-1/t0", 8.2));
        var kind = bytes.AsSpan().IndexOf("trainer_stalled"u8);
        "trainer_stunned"u8.CopyTo(bytes.AsSpan(kind));

        Assert.Empty(Wire.Deserialize<Incident>(bytes)!.ToFields());
    }

    [Fact]
    public void AMessageHoldsThem()
    {
        var sent = new Message
        {
            Phase = Phase.Pretraining,
            Incident = new StoreBack("Redis", 3, 2),
            Trainers = [new("silo-0/t0", "cpu"), new("silo-1/t0", "cuda:0")],
        };

        var received = Wire.Deserialize<Message>(Wire.SerializeToArray(sent));

        Assert.Equal(
            (sent.Phase, sent.Incident, sent.None),
            (received!.Phase, received.Incident, received.None)
        );
        Assert.Equal(sent.Trainers, received.Trainers);
    }

    [Fact]
    public void AKeyOfANewerSiloIsPassedOver()
    {
        var record = (RunRecord)SomeRecord.Of(typeof(RunRecord));
        var bytes = Wire.SerializeToArray(record);
        var key = bytes.AsSpan().IndexOf("\"preset\""u8);
        "\"newkey\""u8.CopyTo(bytes.AsSpan(key));

        var received = Wire.Deserialize<RunRecord>(bytes);

        Assert.Equal(Json(record with { Preset = "" }), Json(received!));
    }

    [Fact]
    public void ALengthBeyondTheMessageIsRefusedBeforeMemoryIsTaken()
    {
        var bytes = Wire.SerializeToArray(new RunTrainer("silo-0/t0", "cpu"));

        Assert.ThrowsAny<Exception>(() =>
            Wire.Deserialize<RunTrainer>(bytes.AsSpan(0, bytes.Length - 8).ToArray())
        );
    }

    [Fact]
    public void InsideASiloARecordIsSharedNotCopied()
    {
        var record = SomeRecord.Of(typeof(RunRecord));

        Assert.Same(record, _services.GetRequiredService<DeepCopier>().Copy(record));
    }

    private static string Json(object record) =>
        JsonSerializer.Serialize(record, record.GetType(), RecordJson.Options);
}

/// <summary>Members of types that know no Orleans.</summary>
[GenerateSerializer, Immutable]
public sealed record Message
{
    [Id(0)]
    public Phase Phase { get; init; }

    [Id(1)]
    public Incident? Incident { get; init; }

    [Id(2)]
    public ImmutableArray<RunTrainer> Trainers { get; init; } = [];

    [Id(3)]
    public RunTrainer? None { get; init; }
}
