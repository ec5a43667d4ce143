using Microsoft.Extensions.Time.Testing;
using MMOrleans.Grains.Runs;

namespace MMOrleans.Grains.Tests.Runs;

public class HeldWritesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _disk = [];
    private readonly HeldWrites _writes;
    private bool _isFull;

    public HeldWritesTests() => _writes = new(_clock);

    [Fact]
    public void WhatTheDiskRefusesComesLaterAndInOrder()
    {
        Put("one");
        _isFull = true;
        Put("two");
        Put("three");
        Assert.Equal(["one"], _disk);
        Assert.False(_writes.CatchUp());

        _isFull = false;
        Put("four");

        Assert.Equal(["one", "two", "three", "four"], _disk);
        Assert.Null(_writes.Refused);
    }

    [Fact]
    public void TheRefusalIsAsOldAsTheFirstOfThem()
    {
        _isFull = true;
        var first = _clock.GetUtcNow();
        Put("one");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Put("two");

        Assert.Equal((first, "MM5003 the disk is full; free some space"), _writes.Refused);
    }

    [Fact]
    public void AnotherFaultIsNobodysToHoldAndKeepsNothingBack()
    {
        Assert.Throws<InvalidOperationException>(() =>
            _writes.Put(() => throw new InvalidOperationException())
        );

        Put("next");
        Assert.Equal(["next"], _disk);
    }

    [Fact]
    public void WhatTheOperatingSystemSaysItselfIsHeldBackToo()
    {
        var failures = 1;
        _writes.Put(() =>
        {
            if (failures-- > 0)
                throw new IOException("Stale file handle");
            _disk.Add("one");
        });
        Assert.Contains("Stale file handle", _writes.Refused!.Value.Cause, StringComparison.Ordinal);

        Put("two");
        Assert.Equal(["one", "two"], _disk);
    }

    private void Put(string line) =>
        _writes.Put(() =>
        {
            if (_isFull)
                throw new FaultException("MM5003", "the disk is full", "free some space");
            _disk.Add(line);
        });
}
