namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>A call under way to a segment.</summary>
/// <param name="Key">The segment's grain key.</param>
/// <param name="Segment">Its number in the lease's list.</param>
/// <param name="Exchange">What it is about.</param>
/// <param name="Reads">Whether only the result was asked for, ahead of a state copy.</param>
/// <param name="Settles">Whether it brought a result.</param>
/// <param name="Lent">Arrays that the message reads until it is answered.</param>
/// <param name="SentAt">When.</param>
internal sealed record SegmentCall(
    string Key,
    int Segment,
    Exchange Exchange,
    bool Reads,
    bool Settles,
    ImmutableArray<LentArray> Lent,
    DateTimeOffset SentAt
)
{
    // Two calls may be equal in all they say; they are still two.
    public bool Equals(SegmentCall? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}
