using MMOrleans.Grains.Interfaces.Coordination;
using Orleans.Storage;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>The cluster's store, which keeps the coordinator's record, the ledger of trainers and the membership; and the disk of the run's folder.</content>
internal sealed partial class Schedule
{
    private readonly List<Action> _hanging = []; // writes that the store has not answered
    private readonly List<Action> _awaiting = []; // what cannot be done without it
    private (long Term, CoordinatorStart? Start) _stored;
    private int _version;
    private int _outages;
    private bool _storeHangs;

    /// <summary>The cluster's store does not answer.</summary>
    public bool StoreIsAway => _outages > 0;

    /// <summary>Nothing can be written into the run's folder.</summary>
    public bool DiskIsFull { get; private set; }

    /// <summary>Rounds of the newest checkpoint.</summary>
    public long Checkpoint => _checkpoint;

    /// <summary>A checkpoint is on disk.</summary>
    public void Checkpointed(long rounds) => _checkpoint = Math.Max(_checkpoint, rounds);

    private void LoseStore() => LoseStore(Between(1000, 30000), hangs: _random.Next(2) == 0);

    /// <summary>The store hangs for so long that a silo dies meanwhile, which the membership cannot say either.</summary>
    private void HangStore()
    {
        LoseStore(Between(20000, 75000), hangs: true);
        Time.After(Between(500, 15000), Crash);
    }

    private void LoseStore(TimeSpan length, bool hangs)
    {
        _outages++;
        _storeHangs = hangs;
        Note($"the store {(hangs ? "hangs" : "is away")} for {length.TotalSeconds:F1} s");
        Trouble(length);
        Time.After(
            length,
            () =>
            {
                if (--_outages > 0)
                    return;
                Note($"the store answers");
                Release(_hanging);
                Release(_awaiting);
            }
        );
    }

    private static void Release(List<Action> waiting)
    {
        var now = waiting.ToList();
        waiting.Clear();
        foreach (var action in now)
            action();
    }

    /// <summary>Does something that needs the store, once it answers.</summary>
    private void WhenStoreIsThere(Action action)
    {
        if (StoreIsAway)
            _awaiting.Add(() => WhenStoreIsThere(action));
        else
            action();
    }

    /// <summary>A coordinator writes its record. What a store that hangs was sent it writes all the same when it goes on, whoever has died by then.</summary>
    private async Task WriteAsync(Leadership leader)
    {
        var (known, record) = (leader.Version, (leader.Term, leader.Start));
        int? written;
        if (!StoreIsAway)
            written = await WriteAsync(leader, known, record);
        else if (_storeHangs)
        {
            var answer = new TaskCompletionSource<int?>();
            var silo = _silos[leader.Silo];
            var life = silo.Life;
            _hanging.Add(() =>
            {
                var result = Write(known, record);
                silo.When(life, () => answer.SetResult(result));
            });
            written = await answer.Task;
        }
        else
            throw new TimeoutException();

        leader.Version = written ?? throw new InconsistentStateException();
    }

    /// <summary>The store takes a while where it is slow, and has the record by half of it: who asks for it has died by then, or not.</summary>
    private async Task<int?> WriteAsync(Leadership leader, int known, (long, CoordinatorStart?) record)
    {
        if (!_faults.IsStoreSlow)
            return Write(known, record);
        var (silo, half) = (_silos[leader.Silo], Between(20, 400));
        var life = silo.Life;
        var answer = new TaskCompletionSource<int?>();
        Time.After(
            half,
            () =>
            {
                var written = Write(known, record);
                Time.After(half, () => silo.When(life, () => answer.SetResult(written)));
            }
        );
        return await answer.Task;
    }

    private int? Write(int known, (long, CoordinatorStart?) record)
    {
        if (known != _version)
            return null;
        _stored = record;
        _rules.Written(_stored.Term);
        return ++_version;
    }

    private void FillDisk()
    {
        var length = Between(1000, 40000);
        Note($"the disk is full for {length.TotalSeconds:F1} s");
        DiskIsFull = true;
        Trouble(length);
        Time.After(length, () => DiskIsFull = false);
    }
}
