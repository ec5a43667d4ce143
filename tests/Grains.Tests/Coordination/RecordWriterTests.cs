using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Coordination;

namespace MMOrleans.Grains.Tests.Coordination;

public class RecordWriterTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Queue<TaskCompletionSource> _asked = [];
    private readonly List<string> _failures = [];
    private readonly RecordWriter _record;
    private int _writes;

    public RecordWriterTests() =>
        _record = new(
            () =>
            {
                _writes++;
                var asked = new TaskCompletionSource();
                _asked.Enqueue(asked);
                return asked.Task;
            },
            failure => _failures.Add(failure.Message),
            _clock
        );

    [Fact]
    public void ARecordIsAnnouncedOnceItIsWritten()
    {
        _record.Change();
        Assert.False(_record.MayAnnounce);

        _asked.Dequeue().SetResult();

        Assert.True(_record.MayAnnounce);
        Assert.Empty(_failures);
    }

    [Fact]
    public void OneWriteIsUnderWayAndTheNewestFollowsIt()
    {
        _record.Change();
        _record.Change();
        _record.Change();
        Assert.Equal(1, _writes);

        _asked.Dequeue().SetResult();

        Assert.Equal((2, false), (_writes, _record.MayAnnounce)); // what was asked for between the two is in the second
        _asked.Dequeue().SetResult();
        Assert.Equal((2, true), (_writes, _record.MayAnnounce));
    }

    /// <summary>Found by the schedules: kind hung-devices. A run that was over was led once more, since its record said so.</summary>
    [Fact]
    public async Task WhatIsWaitedForIsWrittenAtOnceThoughTheStoreRefusedAMomentAgo()
    {
        _record.Change();
        _asked.Dequeue().SetException(new TimeoutException("away"));
        _asked.Clear();

        var written = _record.ChangeAsync();

        Assert.False(written.IsCompleted);
        _asked.Dequeue().SetResult();
        await written;
        Assert.Equal(2, _writes);
    }

    [Fact]
    public void AStoreThatHangsIsWaitedForOnce()
    {
        _record.Change();
        Pass(RecordWriter.Patience - TimeSpan.FromSeconds(1));
        Assert.False(_record.MayAnnounce);
        Pass(TimeSpan.FromSeconds(1));
        Assert.True(_record.MayAnnounce);

        _record.Change(); // later changes need not wait, too

        Assert.True(_record.MayAnnounce);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal("the store has not answered for 5 s", Assert.Single(_failures));
        Assert.Equal(1, _writes);
        _asked.Dequeue().SetResult();
        Assert.Equal((2, false), (_writes, _record.MayAnnounce)); // it is back, and waited for again
    }

    [Fact]
    public void AStoreThatRefusesIsTriedAgainAfterAPause()
    {
        _record.Change();
        _asked.Dequeue().SetException(new TimeoutException("no store"));
        Assert.True(_record.MayAnnounce);
        _record.Look();
        Assert.Equal(1, _writes);

        Pass(TimeSpan.FromSeconds(1));

        Assert.Equal((2, "no store"), (_writes, Assert.Single(_failures)));
        _asked.Dequeue().SetResult();
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(2, _writes);
    }

    [Fact]
    public async Task WhoeverWaitsForAWriteWaitsNoLongerThanPatience()
    {
        var waiting = _record.ChangeAsync();
        Assert.False(waiting.IsCompleted);

        _clock.Advance(RecordWriter.Patience);

        await waiting;
        Assert.True(_record.MayAnnounce);
        Assert.Single(_failures);
    }

    private void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(0.5))
        {
            _clock.Advance(TimeSpan.FromSeconds(0.5));
            _record.Look();
        }
    }
}
