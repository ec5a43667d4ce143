using System.Globalization;
using System.Net;
using MMOrleans.Grains.Interfaces.Coordination;
using MMOrleans.Grains.Interfaces.Runs;
using Orleans.Runtime;

namespace MMOrleans.Bench;

/// <summary>Trainers that train at one pace and do as they are told, and the silos that they live on.</summary>
/// <remarks>Only what a coordinator sees of them.</remarks>
internal sealed class SimulatedTrainers : IClusterMembershipService
{
    /// <summary>As many as a machine has cards.</summary>
    public const int OfASilo = 8;

    private const int Elements = 25_600_000;
    private const double RoundsASecond = 2;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Opens = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Copies = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Declared = TimeSpan.FromSeconds(1.5); // how long the cluster takes to find a silo dead

    private readonly List<Trainer> _trainers = [];
    private readonly Dictionary<string, Trainer> _byName = [];
    private double _round;
    private string? _victim;
    private DateTimeOffset _died;
    private long _termThen;

    public SimulatedTrainers(int count)
    {
        for (var i = 0; i < count; i++)
            Add(new(Name(i), Now + (Beat * i / count), Now, TrainerStage.Training));
    }

    public int Count => _trainers.Count;
    public IEnumerable<string> Names => _trainers.Select(trainer => trainer.Name);
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

    public ClusterMembershipSnapshot CurrentSnapshot { get; private set; } =
        new(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(0));

    public IAsyncEnumerable<ClusterMembershipSnapshot> MembershipUpdates => throw new NotSupportedException();

    /// <summary>A silo more, whose trainers open their data and copy the state.</summary>
    public void Join()
    {
        for (var i = 0; i < OfASilo; i++)
            Add(new($"s-new/t{i}", Now + (Beat * i / OfASilo), Now, TrainerStage.Starting));
    }

    /// <summary>A silo dies, and rounds stand until its slots are others'.</summary>
    public void Kill() => (_victim, _died) = (_trainers[0].Silo, Now);

    /// <summary>Time passes.</summary>
    /// <param name="stretch">How much.</param>
    /// <param name="term">Of the leases in force.</param>
    /// <returns>The heartbeats of that time.</returns>
    public IReadOnlyList<Heartbeat> Pass(TimeSpan stretch, long term)
    {
        Now += stretch;
        if (_victim is null)
            _termThen = term;
        var stands = _victim is not null && term == _termThen;
        if (!stands)
            _round += RoundsASecond * stretch.TotalSeconds;
        if (_victim is not null && Now - _died >= Declared)
            Declare(_victim, SiloStatus.Dead);
        var due = new List<Heartbeat>();
        foreach (var trainer in _trainers)
            if (trainer.Silo != _victim && trainer.NextAt <= Now)
            {
                trainer.NextAt += stands ? Beat / 4 : Beat; // who is held up asks sooner
                due.Add(Said(trainer));
            }

        return due;
    }

    /// <summary>Everybody's heartbeat, at once.</summary>
    public IReadOnlyList<Heartbeat> All() => [.. _trainers.Select(Said)];

    public void Answered(Heartbeat heartbeat, BeatAnswer answer)
    {
        if (answer.Lease is { } lease)
            _byName[heartbeat.Trainer].Take(lease);
    }

    public ValueTask Refresh(MembershipVersion minimumVersion, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<bool> TryKill(SiloAddress siloAddress) => throw new NotSupportedException();

    private static string Name(int i) =>
        string.Create(CultureInfo.InvariantCulture, $"s{i / OfASilo:D4}/t{i % OfASilo}");

    private void Add(Trainer trainer)
    {
        if (!_trainers.Exists(other => other.Silo == trainer.Silo))
            Declare(trainer.Silo, SiloStatus.Active);
        _trainers.Add(trainer);
        _byName.Add(trainer.Name, trainer);
    }

    private void Declare(string silo, SiloStatus status)
    {
        var members = CurrentSnapshot.Members;
        var address =
            members.Values.FirstOrDefault(member => member.Name == silo)?.SiloAddress
            ?? SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1 + members.Count), 1);
        if (CurrentSnapshot.GetSiloStatus(address) != status)
            CurrentSnapshot = new(
                members.SetItem(address, new(address, status, silo)),
                new(CurrentSnapshot.Version.Value + 1)
            );
    }

    private Heartbeat Said(Trainer trainer)
    {
        if (trainer.Stage == TrainerStage.Starting && Now - trainer.Since >= Opens)
            trainer.Stage = TrainerStage.Joining;
        if (trainer.Stage == TrainerStage.Joining && Now - trainer.Since >= Opens + Copies)
            trainer.Stage = TrainerStage.Training;
        var trains = trainer.Stage == TrainerStage.Training;
        return new()
        {
            Trainer = trainer.Name,
            Term = trainer.Lease?.Term ?? 0,
            Stage = trainer.Stage,
            Round = trains ? (long)_round : 0,
            StateHash = trains ? (UInt128)(1 + (long)_round) : 0,
            Lease = trainer.Lease,
            Elements = Elements,
            Status = new(
                trainer.Name,
                "cuda:0",
                trainer.Stage,
                trainer.Lease?.Slots ?? [],
                (long)_round,
                1000,
                1 / RoundsASecond,
                0.1,
                0.7,
                0.1,
                0.1
            ),
            Progress = new()
            {
                Epoch = 1,
                Epochs = 1,
                Round = (long)_round,
            },
        };
    }

    private sealed class Trainer(string name, DateTimeOffset nextAt, DateTimeOffset since, TrainerStage stage)
    {
        public string Name => name;
        public string Silo { get; } = name.Split('/')[0];
        public DateTimeOffset NextAt { get; set; } = nextAt;
        public DateTimeOffset Since => since;
        public TrainerStage Stage { get; set; } = stage;
        public Lease? Lease { get; private set; }

        public void Take(Lease lease)
        {
            if (lease.Term != Lease?.Term)
                Lease = lease with { Fallback = null }; // as heartbeats have it
        }
    }
}
