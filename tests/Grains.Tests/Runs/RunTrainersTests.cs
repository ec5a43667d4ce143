using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using MMOrleans.Grains.Interfaces.Clusters;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Grains.Tests.Simulation;
using MMOrleans.Runs.Settings;

namespace MMOrleans.Grains.Tests.Runs;

public class RunTrainersTests
{
    [Theory]
    [InlineData(1, 0, 4, 1, 4)] // as many as there are slots for
    [InlineData(2, 3, 4, 2, 3)]
    [InlineData(2, 9, 4, 2, 4)] // more would have nothing to do
    [InlineData(6, 6, 4, 6, 6)] // unless the owner waits for them
    public void ARunAsksForNoMoreThanItHasWorkFor(int min, int max, int slots, int least, int most)
    {
        var settings = new RunSettings
        {
            Name = "test",
            MinTrainers = min,
            MaxTrainers = max,
        };

        Assert.Equal((least, most), RunTrainers.Wanted(TrainerClaim.Queued, settings, slots));
        Assert.Equal((least, most), RunTrainers.Wanted(TrainerClaim.Once, settings, slots));
        Assert.Equal((1, most), RunTrainers.Wanted(TrainerClaim.Begun, settings, slots));
    }

    /// <summary>Each that has died takes the time of a call to find out.</summary>
    [Fact]
    public async Task TrainersAreSentOutAtOnceSoThatNoneWaitsForAnother()
    {
        var grains = DispatchProxy.Create<IGrainFactory, AnsweredTogether>();
        var trainers = Enumerable
            .Range(0, 3)
            .Select(i => new TrainerDescription($"silo-{i}/t0", "cpu", "", ""))
            .ToImmutableArray();
        ((AnsweredTogether)(object)grains).Missing = trainers.Length;
        var specification = LocalRun.Specification(epochs: 1);
        var settings = new RunSettings { Name = "test" };
        var now = DateTimeOffset.UnixEpoch;
        var run = new LifeState.Starting(
            SomeQueuedRun.Record("r-test01", specification, settings, now, 10),
            settings,
            specification,
            new("attempt", now, now, 0)
        );

        await new RunTrainers("r-test01", grains, NullLogger.Instance)
            .StartAsync(
                new(run, trainers, new(null, 0, 0, null, []), 1, new("start", ""), true, null, null),
                "folder",
                null
            )
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Grains whose trainers answer once all of them were called.</summary>
    public class AnsweredTogether : DispatchProxy
    {
        private readonly TaskCompletionSource _all = new();

        public int Missing { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var grain =
                targetMethod!.GetGenericArguments()[0] == typeof(ITrainerGrain)
                    ? Create<ITrainerGrain, Grain>()
                    : (IGrainWithStringKey)Create<ICoordinatorGrain, Grain>();
            ((Grain)(object)grain).Answer = () =>
            {
                if (grain is ITrainerGrain && --Missing == 0)
                    _all.SetResult();
                return grain is ITrainerGrain ? _all.Task : Task.CompletedTask;
            };
            return grain;
        }
    }

    public class Grain : DispatchProxy
    {
        public Func<Task> Answer { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer();
    }
}
