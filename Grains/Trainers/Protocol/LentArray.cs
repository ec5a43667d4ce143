namespace MMOrleans.Grains.Trainers.Protocol;

/// <summary>An array that calls under way may still read.</summary>
internal sealed class LentArray(byte[] bytes)
{
    private int _loans;
    private bool _lost;

    public byte[] Bytes => bytes;

    /// <summary>Whether nobody reads it any more. A call that was given up may be sent later, so what it borrowed never comes back.</summary>
    public bool IsFree => _loans == 0 && !_lost;

    public void Lend() => _loans++;

    /// <param name="answered">Whether the borrower answered; otherwise nothing is known of it.</param>
    public void GiveBack(bool answered)
    {
        _loans--;
        _lost |= !answered;
    }
}
